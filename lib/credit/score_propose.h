/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ARCI_CREDIT_SCORE_PROPOSE_H
#define ARCI_CREDIT_SCORE_PROPOSE_H

#include "store/proposal.h"

extern const arci_engine arci_score_engine;

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* JSON Schemas of definitions, for editors. What a schema admits may still be refused: readers know fields, entities, verbs and currencies of the book. */
#ifndef ARCI_API_DEFINITION_SCHEMA_H
#define ARCI_API_DEFINITION_SCHEMA_H

extern const char arci_validation_schema[], arci_import_mapping_schema[], arci_approval_schema[], arci_source_schema[], arci_tolerance_schema[], arci_term_schema[],
    arci_account_map_schema[], arci_credit_policy_schema[];

#endif

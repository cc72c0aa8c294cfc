/* SPDX-License-Identifier: Apache-2.0 */
/** @file arcore/export.h
 *  How symbols leave the library. Every public function is marked ARC_API; everything else is hidden. */
#ifndef ARCORE_EXPORT_H
#define ARCORE_EXPORT_H

#if defined(ARCORE_STATIC)
#  define ARC_API
#elif defined(_WIN32)
#  if defined(ARCORE_BUILD)
#    define ARC_API __declspec(dllexport)
#  else
#    define ARC_API __declspec(dllimport)
#  endif
#elif defined(__GNUC__)
#  define ARC_API __attribute__((visibility("default")))
#else
#  define ARC_API
#endif

#ifdef __cplusplus
#  define ARC_BEGIN_DECLS extern "C" {
#  define ARC_END_DECLS }
#else
#  define ARC_BEGIN_DECLS
#  define ARC_END_DECLS
#endif

#endif

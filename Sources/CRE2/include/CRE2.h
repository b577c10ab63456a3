// SPDX-License-Identifier: MIT
#ifndef POSTSTELLE_CRE2_H
#define POSTSTELLE_CRE2_H

#include <stdbool.h>
#include <stddef.h>

// RE2 is C++; this is the small part of it that Swift needs, with a C face. No policy lives here.
// Patterns and texts are UTF-8. RE2 runs in time linear in the text, whatever the pattern. All functions that
// take a handle may be called by several threads at once (re2.h promises it of searches), except those that make,
// fill and free one. That is why Swift is told that handles are Sendable.

#if defined(__swift__) || defined(__clang__)
#define CRE2_SENDABLE __attribute__((swift_attr("@Sendable")))
#else
#define CRE2_SENDABLE
#endif

#ifdef __cplusplus
extern "C" {
#endif

/// One compiled pattern.
typedef struct CRE2_SENDABLE cre2_pattern {
    void *_Nonnull handle;
} cre2_pattern;

/// Compiles a pattern.
///
/// Always makes one; a pattern that is not valid answers `cre2_pattern_error` and must not be searched.
/// `max_memory` bounds the program and its caches, in bytes; 0 stands for RE2's own limit (8 MB).
cre2_pattern cre2_pattern_new(const char *_Nullable pattern, size_t length, bool ignore_case, size_t max_memory);

void cre2_pattern_free(cre2_pattern pattern);

/// What is wrong with the pattern, or NULL; belongs to the pattern.
const char *_Nullable cre2_pattern_error(cre2_pattern pattern);

/// Finds the leftmost match that begins at byte `from` or later.
///
/// What stands before `from` counts for `^` and `\b`. Writes the place of the whole match and, if the pattern has a
/// group, of its first group, else the whole match again; a group that took no part is written as the whole match.
bool cre2_pattern_find(
    cre2_pattern pattern, const char *_Nonnull text, size_t length, size_t from,
    size_t *_Nonnull start, size_t *_Nonnull end, size_t *_Nonnull group_start, size_t *_Nonnull group_end
);

/// Many patterns, searched for at once.
typedef struct CRE2_SENDABLE cre2_set {
    void *_Nonnull handle;
} cre2_set;

cre2_set cre2_set_new(bool ignore_case, size_t max_memory);

void cre2_set_free(cre2_set set);

/// Adds a pattern before the set is compiled.
///
/// Returns its index, counted from 0, or -1 where the pattern is not valid.
int cre2_set_add(cre2_set set, const char *_Nullable pattern, size_t length);

/// Ends adding; false where the set needs more than its memory.
bool cre2_set_compile(cre2_set set);

/// Which patterns occur in the text: their indices, unsorted.
///
/// Returns how many occur, at most `capacity` of which are written; -1 where RE2 ran out of memory and cannot say.
int cre2_set_match(cre2_set set, const char *_Nonnull text, size_t length, int *_Nullable indices, int capacity);

#ifdef __cplusplus
}
#endif

#endif

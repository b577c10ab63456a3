// SPDX-License-Identifier: MIT
#include "CRE2.h"

#include <re2/re2.h>
#include <re2/set.h>

#include <algorithm>
#include <vector>

static RE2::Options options(bool ignore_case, size_t max_memory) {
    RE2::Options options;
    options.set_encoding(RE2::Options::EncodingUTF8);
    options.set_case_sensitive(!ignore_case);
    // RE2 would write to descriptor 2; complaints are the caller's business.
    options.set_log_errors(false);
    if (max_memory > 0) options.set_max_mem(static_cast<int64_t>(max_memory));
    return options;
}

static const RE2 &expression(cre2_pattern pattern) { return *static_cast<const RE2 *>(pattern.handle); }

static RE2::Set &patterns(cre2_set set) { return *static_cast<RE2::Set *>(set.handle); }

cre2_pattern cre2_pattern_new(const char *pattern, size_t length, bool ignore_case, size_t max_memory) {
    return {new RE2(re2::StringPiece(pattern, length), options(ignore_case, max_memory))};
}

void cre2_pattern_free(cre2_pattern pattern) { delete static_cast<RE2 *>(pattern.handle); }

const char *cre2_pattern_error(cre2_pattern pattern) {
    return expression(pattern).ok() ? nullptr : expression(pattern).error().c_str();
}

bool cre2_pattern_find(
    cre2_pattern pattern, const char *text, size_t length, size_t from,
    size_t *start, size_t *end, size_t *group_start, size_t *group_end
) {
    if (from > length) return false;
    const RE2 &searched = expression(pattern);
    re2::StringPiece found[2];
    int count = searched.NumberOfCapturingGroups() > 0 ? 2 : 1;
    re2::StringPiece whole(text, length);
    if (!searched.Match(whole, from, length, RE2::UNANCHORED, found, count)) return false;
    *start = static_cast<size_t>(found[0].data() - text);
    *end = *start + found[0].size();
    const re2::StringPiece &group = count == 2 && found[1].data() != nullptr ? found[1] : found[0];
    *group_start = static_cast<size_t>(group.data() - text);
    *group_end = *group_start + group.size();
    return true;
}

cre2_set cre2_set_new(bool ignore_case, size_t max_memory) {
    return {new RE2::Set(options(ignore_case, max_memory), RE2::UNANCHORED)};
}

void cre2_set_free(cre2_set set) { delete &patterns(set); }

int cre2_set_add(cre2_set set, const char *pattern, size_t length) {
    return patterns(set).Add(re2::StringPiece(pattern, length), nullptr);
}

bool cre2_set_compile(cre2_set set) { return patterns(set).Compile(); }

int cre2_set_match(cre2_set set, const char *text, size_t length, int *indices, int capacity) {
    std::vector<int> found;
    RE2::Set::ErrorInfo error{RE2::Set::kNoError};
    if (!patterns(set).Match(re2::StringPiece(text, length), &found, &error)) {
        return error.kind == RE2::Set::kNoError ? 0 : -1;
    }
    int written = std::min(static_cast<int>(found.size()), capacity);
    std::copy_n(found.begin(), written, indices);
    return static_cast<int>(found.size());
}

// SPDX-License-Identifier: MIT
#ifndef POSTSTELLE_CSTEMMER_SHIM_H
#define POSTSTELLE_CSTEMMER_SHIM_H

// libstemmer has no pkg-config file and no variadic calls: its own header is all that Swift needs.
#include <libstemmer.h>

#endif

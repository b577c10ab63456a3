// SPDX-License-Identifier: MIT
#ifndef POSTSTELLE_CGMIME_H
#define POSTSTELLE_CGMIME_H

#include <gmime/gmime.h>
#endif

/* cast_scalar.h - the casts between two scalar types, and of anything to STRING. */
#pragma once
#include "engine/types/cast.h"

/* The function for a pair of kinds, or NULL. DECIMAL to DECIMAL is one; so is every kind to itself but for nested ones.
 */
cast_function *cast_scalar_find(enum type_kind from, enum type_kind to);

/* The value as it is. */
cast_function cast_identity;

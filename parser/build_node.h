/* build_node.h - what the constructors of expressions share among themselves. */
#pragma once
#include "parser/build.h"

/* An empty node that begins at `start` and ends behind the last token. */
struct tree_expr *build_node(struct build *build, enum tree_expr_kind kind, struct span start);

/* Computes the depth from the members and checks it. Returns the node. */
struct tree_expr *build_finish(struct build *build, struct tree_expr *node);

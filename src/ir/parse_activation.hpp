// Reads what activation_text.hpp writes.
#pragma once
#include "graph/graph.hpp"
#include "ir/lexer.hpp"

namespace ntkc::ir {

expr::Expr parse_expr(Lexer& in);
graph::ActivationUse parse_use(Lexer& in);

}  // namespace ntkc::ir

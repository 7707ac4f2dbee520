// Expressions and activations in the text form of the IR: prefix calls, `x` the variable, `$name` a param.
#pragma once
#include <string>

#include "graph/graph.hpp"

namespace ntkc::ir {

std::string text_of(const expr::Expr& e);              // max(mul(2, x), $slope)
std::string text_of(const graph::ArgValue& value);     // real: an expression; integer: `int 3`; none, true, "word", [list]
std::string text_of(const graph::ActivationUse& use);  // built_in leaky_relu(slope = 0.2) = expression; equal texts are equal uses

}  // namespace ntkc::ir

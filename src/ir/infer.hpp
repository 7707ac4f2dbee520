// What follows from a node's operation and operands.
#pragma once
#include <set>

#include "ir/program.hpp"

namespace ntkc::ir {

Type type_of(const Program& program, const Node& node);
Stage stage_of(const Program& program, const Node& node);
BlockId block_of(const Program& program, const Node& node);         // the innermost block of its operands
bool within(const Program& program, BlockId inner, BlockId outer);  // inner is outer or lies in it
bool is_expectation(Op op);                                         // over activations `phi` and `psi`
std::set<std::string> params_of(const graph::ActivationUse& use);   // of its function and its arguments

}  // namespace ntkc::ir

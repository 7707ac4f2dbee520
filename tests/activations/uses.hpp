// Uses of every activation of the registry, with arguments as its `examples` write them.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "activations/activation.hpp"

namespace ntkc::test {

struct Use {
  std::string text;
  const activations::Activation* row;
  graph::Args args;
  expr::Expr phi() const { return row->phi(args); }
};
bool has_moments(const Use& use, double q);  // they may be finite for small variances only
std::vector<Use> all_uses();
Use use(const std::string& text);  // "name" or "name(arg = 1, ...)" or "name([1, 2])"

// A closed form as a program over the leaves q1, q2, c, D, gram (or q), which any number type can run.
struct Form {
  ir::Program program;
  ir::Value value = 0;
  bool given = false;
};
// Its exact value takes an integral in high precision, a tenth of a second: tests take fewer points.
bool by_integral(const Form& form);
Form dual(const Use& use, int i, int j);
Form distance(const Use& use);
Form gram(const Use& use);
Form mean(const Use& use, int order);

}  // namespace ntkc::test

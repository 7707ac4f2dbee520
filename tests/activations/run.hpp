// Runs a closed form in any number type.
#pragma once
#include <algorithm>

#include "expr/apply.hpp"
#include "ntk/runtime/bends.hpp"
#include "numeric/real.hpp"
#include "uses.hpp"

namespace ntkc::test {

using numeric::Float100;

template <class T>
T run(const Form& form, const std::map<std::string, T>& leaves) {
  std::vector<T> values(form.program.nodes.size());
  for (ir::Value v = 0; v < values.size(); ++v) {
    const ir::Node& node = form.program.nodes[v];
    if (node.op == ir::Op::constant) {
      if constexpr (std::is_same_v<T, double>)
        values[v] = node.number.to_double();
      else
        values[v] = static_cast<T>(numeric::value(node.number));
    } else if (node.op == ir::Op::param) {
      values[v] = leaves.at(node.text);
    } else {
      T args[expr::kMostArguments];
      for (std::size_t i = 0; i < node.operands.size(); ++i) args[i] = values[node.operands[i]];
      if constexpr (std::is_same_v<T, double>) {  // what generated code calls, where it is not the library's
        if (node.function == expr::Function::normal_orthant)
          values[v] = ntk::math::normal_orthant(args[0], args[1], args[2], args[3]);
        else if (node.function == expr::Function::normal_hinges)
          values[v] = ntk::math::normal_hinges(args[0], args[1], args[2], args[3]);
        else if (node.function == expr::Function::normal_bends)
          values[v] = ntk::math::normal_bends(args[0], args[1], args[2], args[3], args[4], args[5]);
        else
          values[v] = expr::apply<T>(node.function, args);
      } else {
        values[v] = expr::apply<T>(node.function, args);
      }
    }
  }
  return values[form.value];
}

// The covariance of two variables: exact in 100 digits, and what double arithmetic is given.
struct Point {
  Float100 q1, q2, c;
  // gram is clamped, because 1e-100 below 0 is no covariance
  std::map<std::string, Float100> exact() const {
    return {{"q1", q1}, {"q2", q2}, {"c", c}, {"D", q1 + q2 - 2 * c}, {"gram", std::max<Float100>(0, q1 * q2 - c * c)}};
  }
  std::map<std::string, double> rounded() const {
    std::map<std::string, double> out;
    for (const auto& [name, value] : exact()) out[name] = static_cast<double>(value);
    return out;
  }
  Point left() const { return {q1, q1, q1}; }
  Point right() const { return {q2, q2, q2}; }
};
// rho = 1 - deficit or, for a negative sign, -(1 - deficit).
inline Point point(double q1, double q2, double rho) { return {q1, q2, Float100(rho) * sqrt(Float100(q1) * Float100(q2))}; }

}  // namespace ntkc::test

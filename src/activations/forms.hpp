// What the files of activations share: arguments as IR values and the words of the closed forms.
#pragma once
#include "activations/activation.hpp"

namespace ntkc::activations {

using ir::Num;
using ir::Value;
using Form = std::optional<Value>;
using expr::Function;

inline const expr::Expr& real(const graph::Args& args, std::string_view name) { return args.find(name)->second.real(); }
inline int integer(const graph::Args& args, std::string_view name) { return static_cast<int>(args.find(name)->second.integer()); }
inline Num real(ir::Builder& b, const graph::Args& args, std::string_view name) { return ir::num(b, b.expression(real(args, name))); }

// The covariance in the letters of the papers: D = q1 + q2 - 2c and gram = q1 q2 - c^2 are carried, because they cancel.
struct K {
  Num q1, q2, c, D, gram;
  K(ir::Builder& b, const ir::Builder::Covariance& k)
      : q1(ir::num(b, k.q1)), q2(ir::num(b, k.q2)), c(ir::num(b, k.c)), D(ir::num(b, k.distance)), gram(ir::num(b, k.gram)) {}
};

inline Num exp(Num x) { return ir::apply(Function::exp, x); }
inline Num expm1(Num x) { return ir::apply(Function::expm1, x); }
inline Num square(Num x) { return x * x; }
inline Num atan2(Num y, Num x) { return ir::apply(Function::atan2, y, x); }
inline Num angle(Num gram, Num c) { return ir::apply(Function::angle, gram, c); }
inline Num select(Num condition, Num yes, Num no) { return {yes.b, yes.b->call(Function::select, {condition.v, yes.v, no.v})}; }
inline Num less(Num a, Num b) { return ir::apply(Function::less, a, b); }
inline Num number(ir::Builder& b, double value) { return ir::num(b, b.constant(value)); }
inline Num exact(ir::Builder& b, const expr::Expr& constant) { return ir::num(b, b.expression(constant)); }
Num power(Num x, int n);  // by squaring; n >= 0

// E[(u + v)^2] = q1 + q2 + 2c, for c < 0 without cancellation: ((q1 - q2)^2 + 4 gram) / D.
Num sum_of_squares(const K& k);

}  // namespace ntkc::activations

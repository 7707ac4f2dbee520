#include "ir/builder.hpp"

namespace ntkc::ir {

using expr::Function;

Num num(Builder& b, Value v) { return {&b, v}; }
Num apply(Function f, Num x) { return {x.b, x.b->call(f, {x.v})}; }
Num apply(Function f, Num x, Num y) { return {x.b, x.b->call(f, {x.v, y.v})}; }
Num sqrt(Num x) { return apply(Function::sqrt, x); }
Num pi(Builder& b) { return {&b, b.expression(4.0 * atan(expr::Expr(1)))}; }

namespace {
Num like(Num x, double y) { return {x.b, x.b->constant(y)}; }
}  // namespace

Num operator+(Num x, Num y) { return apply(Function::add, x, y); }
Num operator-(Num x, Num y) { return apply(Function::sub, x, y); }
Num operator*(Num x, Num y) { return apply(Function::mul, x, y); }
Num operator/(Num x, Num y) { return apply(Function::div, x, y); }
Num operator-(Num x) { return apply(Function::neg, x); }
Num operator+(Num x, double y) { return x + like(x, y); }
Num operator+(double x, Num y) { return like(y, x) + y; }
Num operator-(Num x, double y) { return x - like(x, y); }
Num operator-(double x, Num y) { return like(y, x) - y; }
Num operator*(Num x, double y) { return x * like(x, y); }
Num operator*(double x, Num y) { return like(y, x) * y; }
Num operator/(Num x, double y) { return x / like(x, y); }
Num operator/(double x, Num y) { return like(y, x) / y; }

}  // namespace ntkc::ir

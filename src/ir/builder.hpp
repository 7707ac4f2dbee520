// Makes values of a program. Equal values get one number; constants fold in 100 digits; algebra that is always right is done at once
// (x + 0, x * 1, x * 0, primes pushed outward), so that the rules of layers can be written as in the papers.
#pragma once
#include <span>
#include <unordered_map>

#include "ir/program.hpp"

namespace ntkc::ir {

class Builder {
 public:
  explicit Builder(Program& program);  // goes on with what the program already has

  Program& program() { return program_; }
  const Node& node(Value v) const { return program_.nodes[v]; }

  Value constant(numeric::Number number);
  Value constant(double number) { return constant(numeric::Number(number)); }
  Value param(const std::string& name);
  Value expression(const expr::Expr& e);                  // an argument: constants, params, sizes of inputs; no variable
  Value expression(const expr::Expr& e, Value variable);  // with the variable put in
  Value call(expr::Function f, std::span<const Value> args);
  Value call(expr::Function f, std::initializer_list<Value> args) { return call(f, std::span(args.begin(), args.size())); }
  Value prime(Value sample);
  Value same_sample();

  Value input(std::uint32_t index);
  Value map(Value features, std::uint32_t phi);
  Value standardize(Value features, Value shift, Value factor);
  Value feature_sum(Value a, Value b);
  Value feature_product(Value a, Value b);
  Value channel_mean(Value features);
  Value size(Value features);
  Value inner(Value a, Value b);
  Value distance(Value a, Value b);
  Value gram(Value a, Value b);

  struct Covariance {
    Value q1, q2, c, distance, gram;
  };
  std::uint32_t activation(const graph::ActivationUse& use);  // its number; equal uses get one
  Value mean(std::uint32_t phi, int order, Value q);
  Value dual(std::uint32_t phi, std::uint32_t psi, int order_phi, int order_psi, const Covariance& k);
  Value dual_distance(std::uint32_t phi, const Covariance& k);
  Value dual_gram(std::uint32_t phi, const Covariance& k);
  Value mean_quadrature(std::uint32_t phi, int order, Value q);
  Value hermite(std::uint32_t phi, int order, std::uint32_t terms, Value q);
  Value distance_quadrature(std::uint32_t phi, const Covariance& k, Value series_x, Value series_y);
  Value dual_quadrature(std::uint32_t phi, std::uint32_t psi, int order_phi, int order_psi, const Covariance& k, Value series_phi,
                        Value series_psi);

  // A loop: open a block, make its body from `argument`s, then close it with initial values and yields.
  BlockId open(std::uint64_t count, BlockId parent);
  Value argument(BlockId block, Type type, Stage stage, std::string hint);  // the next carry of the block
  Value close(BlockId block, std::span<const Value> initial, std::span<const Value> yields);
  Value result(Value loop, std::uint32_t index);

  Value intern(Node node);  // computes block and stage from the operands (unless the op fixes them)
  Value hinted(Value v, std::string hint);
  bool is_constant(Value v, double number) const;

 private:
  Value named(const std::string& name);
  Value simplified_call(expr::Function f, std::span<const Value> args);
  Program& program_;
  std::unordered_map<std::string, std::vector<Value>> table_;  // key text -> values; looked up, never iterated
};

// Arithmetic as in the papers.
struct Num {
  Builder* b;
  Value v;
};
Num num(Builder& b, Value v);
Num operator+(Num x, Num y);
Num operator-(Num x, Num y);
Num operator*(Num x, Num y);
Num operator/(Num x, Num y);
Num operator-(Num x);
Num operator+(Num x, double y);
Num operator+(double x, Num y);
Num operator-(Num x, double y);
Num operator-(double x, Num y);
Num operator*(Num x, double y);
Num operator*(double x, Num y);
Num operator/(Num x, double y);
Num operator/(double x, Num y);
Num apply(expr::Function f, Num x);
Num apply(expr::Function f, Num x, Num y);
Num sqrt(Num x);
Num pi(Builder& b);

}  // namespace ntkc::ir

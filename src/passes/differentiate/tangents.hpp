// The tangent of each value of a program: its derivative with respect to one param, as a value beside it.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <unordered_map>

#include "ir/builder.hpp"

namespace ntkc::passes {

// An expectation by its closed form where that consists of functions whose derivatives are known, else as it is: forms.cpp.
ir::Value known_mean(ir::Builder& b, std::uint32_t phi, int order, ir::Value q);
ir::Value known_dual(ir::Builder& b, std::uint32_t phi, std::uint32_t psi, int order_phi, int order_psi, const ir::Builder::Covariance& k);
ir::Value known_distance(ir::Builder& b, std::uint32_t phi, const ir::Builder::Covariance& k);
ir::Value known_gram(ir::Builder& b, std::uint32_t phi, const ir::Builder::Covariance& k);

class Tangents {
 public:
  Tangents(ir::Builder& b, std::string param) : b_(b), param_(std::move(param)) {}

  ir::Value of(ir::Value number);  // the constant 0 where it does not depend on the param; NoDerivative
  void set(ir::Value v, ir::Value tangent) { known_.insert_or_assign(v, tangent); }  // of what comes into a round or out of a loop

 private:
  ir::Num zero() { return num(b_, b_.constant(0)); }
  bool vanishes(ir::Num x) const { return b_.is_constant(x.v, 0); }
  ir::Num tangent(ir::Value v) { return num(b_, of(v)); }
  ir::Num made(ir::Value v);

  // calls.cpp
  ir::Num of_call(ir::Value v);
  ir::Num of_orthant(std::span<const ir::Num> x, std::span<const ir::Num> dx);
  ir::Num of_hinges(std::span<const ir::Num> x, std::span<const ir::Num> dx);
  ir::Num of_bends(std::span<const ir::Num> x, std::span<const ir::Num> dx);

  // features.cpp: of vectors over the channels of an input; nothing where they do not depend on the param
  std::optional<ir::Value> of_features(ir::Value f);
  ir::Num of_product(ir::Value v);

  // expectations.cpp
  ir::Num of_mean(std::uint32_t phi, int order, ir::Num q);
  ir::Num of_mean(const graph::ActivationUse& f, ir::Num q);
  ir::Num of_dual(ir::Value v);
  ir::Num of_params(std::uint32_t phi, std::uint32_t psi, int order_phi, int order_psi, const ir::Builder::Covariance& k);
  ir::Num of_distance(ir::Value v);
  ir::Num half_log(ir::Num q);  // d log sqrt(q)
  ir::Num turn(const ir::Builder::Covariance& k, ir::Num l1, ir::Num l2);
  ir::Num from_zero(ir::Num q, ir::Num value, const graph::ActivationUse& f, ir::Num rest);

  ir::Builder& b_;
  std::string param_;
  std::unordered_map<ir::Value, ir::Value> known_;  // looked up, never iterated
};

}  // namespace ntkc::passes

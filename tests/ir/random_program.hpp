// Programs at random: every operation, loops inside loops, values of outer loops inside inner ones.
#pragma once
#include <random>

#include "ir/builder.hpp"

namespace ntkc::tests {

class RandomProgram {
 public:
  explicit RandomProgram(std::uint32_t seed) : random_(seed), b_(p_) {
    p_.name = "random";
    if (seed % 2) p_.by = "net.s";
    graph::Param w, s;
    w.name = "w", w.value = 1.25, w.low = 0, w.fallback = expr::Expr(1.25);
    s.name = "net.s", s.value = 2.5, s.fallback = expr::Expr(2) * expr::Expr::param("w"), s.high = 10;
    p_.params = {w, s};
    p_.inputs = {{"a", 0}, {"b", 0}};
    p_.input_shapes.resize(2);
    p_.input_shapes[0].channels.size = 3;
    p_.input_shapes[1].channels.name = "d";
    graph::ActivationUse relu, leaky;
    relu.name = "relu", relu.phi = max(expr::Expr::variable(), 0);
    leaky.name = "mine.leaky", leaky.built_in = false;
    leaky.phi = max(expr::Expr::variable(), expr::Expr::param("w") * expr::Expr::variable());
    leaky.args["slope"].value = expr::Expr::param("w");
    leaky.args["n"].value = std::int64_t{3};
    leaky.args["kind"].value = std::string("soft");
    leaky.args["deep"].value = true;
    leaky.args["shape"].value = graph::ArgList{graph::ArgValue{expr::Expr(-0.5), {}, true}, graph::ArgValue{}};
    phi_ = b_.activation(relu);
    psi_ = b_.activation(leaky);
    const ir::Value a = b_.input(0), c = b_.map(b_.input(1), psi_);
    const ir::Value f = b_.feature_sum(a, b_.standardize(c, b_.channel_mean(c), b_.call(expr::Function::mul, {b_.size(c), b_.param("w")})));
    numbers_ = {b_.inner(f, f),    b_.inner(f, b_.prime(f)), b_.distance(f, b_.prime(f)),          b_.gram(f, b_.prime(f)),
                b_.param("net.s"), b_.same_sample(),         b_.inner(b_.feature_product(a, f), a)};
    block(0, 3);
    for (int i = 0; i < 2; ++i) p_.outputs.push_back({i ? "ntk" : "nngp", numbers_[pick(numbers_.size())]});
  }
  const ir::Program& program() const { return p_; }

 private:
  std::size_t pick(std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random_); }
  ir::Value any() { return pick(8) == 0 ? b_.constant(0.25 * double(pick(9)) - 1) : numbers_[pick(numbers_.size())]; }

  void block(ir::BlockId id, int depth) {
    for (int i = 0; i < 8; ++i) {
      ir::Value v = step();
      if (pick(4) == 0) b_.hinted(v, std::string(1, "kqcv1"[pick(4)]));
      if (b_.node(v).type == ir::Type::number) numbers_.push_back(v);
      if (depth > 0 && pick(6) == 0) loop(id, depth - 1);
    }
  }

  ir::Value step() {
    const ir::Builder::Covariance k{any(), any(), any(), any(), any()};
    using expr::Function;
    switch (pick(10)) {
      case 0:
        return b_.call(Function::add, {any(), any()});
      case 1:
        return b_.call(Function::sub, {any(), any()});
      case 2:
        return b_.call(Function::mul, {any(), any()});
      case 3:
        return b_.call(Function::angle, {any(), any()});
      case 4:
        return b_.call(Function::select, {any(), any(), any()});
      case 5:
        return b_.dual(phi_, psi_, 0, 1, k);
      case 6:
        return b_.dual_quadrature(phi_, phi_, 1, 1, k, b_.hermite(phi_, 0, 16, k.q1), b_.hermite(phi_, 0, 16, k.q2));
      case 7:
        return b_.mean(psi_, 1, k.q1);
      case 8:
        return b_.dual_gram(phi_, k);
      default: {
        const ir::Value v = any();
        return b_.node(v).stage == ir::Stage::sample ? b_.prime(v) : b_.mean_quadrature(phi_, 0, v);
      }
    }
  }

  void loop(ir::BlockId parent, int depth) {
    const std::vector<ir::Value> outside = numbers_, initial = {any(), any()};
    const ir::BlockId body = b_.open(1 + pick(20), parent);
    numbers_.push_back(b_.argument(body, ir::Type::number, ir::Stage::pair, "c"));
    numbers_.push_back(b_.argument(body, ir::Type::number, ir::Stage::pair, ""));
    block(body, depth);
    const std::vector<ir::Value> yields = {any(), any()};
    const ir::Value loop = b_.close(body, initial, yields);
    numbers_ = outside;
    numbers_.push_back(b_.result(loop, pick(2) == 0 ? 0 : 1));
  }

  std::mt19937 random_;
  ir::Program p_;
  ir::Builder b_;
  std::uint32_t phi_ = 0, psi_ = 0;
  std::vector<ir::Value> numbers_;
};

}  // namespace ntkc::tests

// Tangents of what is read off the data: features change with a param where activations, weights or statistics on data do.
#include "passes/differentiate/tangents.hpp"

namespace ntkc::passes {
namespace {

using ir::Num;
using ir::Op;
using ir::Value;

std::optional<Value> sum(ir::Builder& b, std::optional<Value> x, std::optional<Value> y) {
  return x && y ? std::optional(b.feature_sum(*x, *y)) : x ? x : y;
}

graph::ActivationUse defined(std::string name, const expr::Expr& phi) { return {std::move(name), false, {}, simplify(phi)}; }

}  // namespace

std::optional<Value> Tangents::of_features(Value f) {
  const ir::Node node = b_.node(f);
  const Value zero = b_.constant(0);
  const auto scaled = [&](std::optional<Value> x, Num factor) {
    return x && !vanishes(factor) ? std::optional(b_.standardize(*x, zero, factor.v)) : std::nullopt;
  };
  switch (node.op) {
    case Op::prime: {
      const auto t = of_features(node.operands[0]);
      return t ? std::optional(b_.prime(*t)) : std::nullopt;
    }
    case Op::map: {
      const graph::ActivationUse use = b_.program().activations[node.phi];
      std::optional<Value> total;
      if (const auto t = of_features(node.operands[0]))
        total = b_.feature_product(b_.map(node.operands[0], b_.activation(defined(use.name + "_slope", derivative(use.phi)))), *t);
      for (std::size_t i = 1; i < node.operands.size(); ++i) {
        const std::string name = b_.node(node.operands[i]).text;
        const expr::Expr by = derivative_by(use.phi, name);
        total = sum(b_, total,
                    scaled(b_.map(node.operands[0], b_.activation(defined(use.name + "_by_" + name, by))), tangent(node.operands[i])));
      }
      return total;
    }
    case Op::standardize: {
      const Num shift = num(b_, node.operands[1]), factor = num(b_, node.operands[2]), ds = tangent(node.operands[1]),
                df = tangent(node.operands[2]);
      std::optional<Value> total = scaled(of_features(node.operands[0]), factor);
      if (!vanishes(df)) total = sum(b_, total, b_.standardize(node.operands[0], shift.v, df.v));
      const std::uint32_t one = vanishes(ds) ? 0 : b_.activation(defined("one", 1));
      return vanishes(ds) ? total : sum(b_, total, scaled(b_.map(node.operands[0], one), -(factor * ds)));
    }
    case Op::feature_sum:
      return sum(b_, of_features(node.operands[0]), of_features(node.operands[1]));
    case Op::feature_product: {
      const auto product = [&](std::optional<Value> x, Value y) { return x ? std::optional(b_.feature_product(*x, y)) : std::nullopt; };
      return sum(b_, product(of_features(node.operands[0]), node.operands[1]), product(of_features(node.operands[1]), node.operands[0]));
    }
    default:
      return std::nullopt;
  }
}

// Along the tangents a squared distance is a polynomial of degree two and a Gram determinant one of degree four: central differences are
// exact, and all their terms vanish near rho = +-1 as the thing itself does.
Num Tangents::of_product(Value v) {
  const ir::Node node = b_.node(v);
  const Value f = node.operands[0], g = node.operands.back();
  const auto df = of_features(f), dg = of_features(g);
  if (node.op == Op::channel_mean) return df ? num(b_, b_.channel_mean(*df)) : zero();
  if (!df && !dg) return zero();
  if (node.op == Op::inner) return (df ? num(b_, b_.inner(*df, g)) : zero()) + (dg ? num(b_, b_.inner(f, *dg)) : zero());
  const auto along = [&](Value x, std::optional<Value> t, double step) {
    return t ? b_.feature_sum(x, b_.standardize(*t, b_.constant(0), b_.constant(step))) : x;
  };
  const auto difference = [&](double step) {
    const auto at = [&](double s) {
      const Value x = along(f, df, s), y = along(g, dg, s);
      return num(b_, node.op == Op::gram ? b_.gram(x, y) : b_.distance(x, y));
    };
    return at(step) - at(-step);
  };
  return node.op == Op::gram ? (8.0 * difference(1) - difference(2)) / 12.0 : 0.5 * difference(1);
}

}  // namespace ntkc::passes

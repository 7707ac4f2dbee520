#include <doctest/doctest.h>

#include "ir/builder.hpp"

using namespace ntkc;
using expr::Function;
using ir::Op;
using ir::Stage;

namespace {

struct Bench {
  ir::Program p;
  ir::Builder b{p};
  ir::Value f, g, q, k;
  std::uint32_t phi;
  Bench() {
    p.inputs = {{"x", 0}, {"z", 0}};
    p.input_shapes.resize(2);
    p.params.resize(1);
    p.params[0].name = "w";
    f = b.input(0), g = b.input(1);
    q = b.inner(f, f), k = b.inner(f, b.prime(f));
    graph::ActivationUse relu;
    relu.name = "relu";
    relu.phi = max(expr::Expr::variable(), 0);
    phi = b.activation(relu);
  }
  ir::Value c(double x) { return b.constant(x); }
};

}  // namespace

TEST_CASE("equal values are one") {
  Bench t;
  CHECK(t.b.call(Function::mul, {t.q, t.k}) == t.b.call(Function::mul, {t.k, t.q}));
  CHECK(t.b.call(Function::sub, {t.q, t.k}) != t.b.call(Function::sub, {t.k, t.q}));
  CHECK(t.b.constant(0.5) == t.b.constant(numeric::Number::parse("0.50")));
  CHECK(t.b.constant(-0.0) == t.b.constant(0.0));
  graph::ActivationUse other;
  other.name = "relu";
  other.phi = max(expr::Expr::variable(), 0);
  CHECK(t.b.activation(other) == t.phi);
  other.args["slope"].value = expr::Expr(0.1);
  CHECK(t.b.activation(other) != t.phi);
  ir::Builder more(t.p);  // one that goes on knows what is there
  CHECK(more.inner(t.f, t.f) == t.q);
}

TEST_CASE("algebra that holds for all reals") {
  Bench t;
  const ir::Value zero = t.c(0), one = t.c(1), x = t.k, y = t.q;
  CHECK(t.b.call(Function::add, {x, zero}) == x);
  CHECK(t.b.call(Function::add, {zero, x}) == x);
  CHECK(t.b.call(Function::sub, {x, zero}) == x);
  CHECK(t.b.call(Function::sub, {x, x}) == zero);
  CHECK(t.b.call(Function::mul, {x, one}) == x);
  CHECK(t.b.call(Function::mul, {zero, x}) == zero);
  CHECK(t.b.call(Function::div, {x, one}) == x);
  CHECK(t.b.call(Function::div, {zero, x}) == zero);
  CHECK(t.b.call(Function::pow, {x, one}) == x);
  CHECK(t.b.call(Function::pow, {x, t.c(2)}) == t.b.call(Function::mul, {x, x}));
  CHECK(t.b.call(Function::neg, {t.b.call(Function::neg, {x})}) == x);
  CHECK(t.b.call(Function::neg, {t.b.call(Function::sub, {x, y})}) == t.b.call(Function::sub, {y, x}));
  CHECK(t.b.call(Function::add, {x, t.b.call(Function::neg, {y})}) == t.b.call(Function::sub, {x, y}));
  CHECK(t.b.call(Function::select, {one, x, y}) == x);
  CHECK(t.b.call(Function::select, {zero, x, y}) == y);
  CHECK(t.b.is_constant(t.b.call(Function::mul, {t.c(3), t.c(4)}), 12));
  CHECK(t.p.nodes[t.b.call(Function::sqrt, {t.c(2)})].number.text().size() > 90);
}

TEST_CASE("what cannot be folded to a real stays") {
  Bench t;
  CHECK(t.b.node(t.b.call(Function::div, {t.c(1), t.c(0)})).op == Op::call);
  CHECK(t.b.node(t.b.call(Function::log, {t.c(0)})).op == Op::call);
}

TEST_CASE("primes go outward") {
  Bench t;
  const ir::Value w = t.b.param("w"), qp = t.b.prime(t.q);
  CHECK(t.b.prime(qp) == t.q);
  CHECK(t.b.prime(w) == w);
  CHECK(t.b.call(Function::mul, {w, qp}) == t.b.prime(t.b.call(Function::mul, {w, t.q})));
  CHECK(t.b.inner(t.b.prime(t.f), t.b.prime(t.g)) == t.b.prime(t.b.inner(t.g, t.f)));
  CHECK(t.b.inner(t.b.prime(t.f), t.f) == t.k);
  CHECK(t.b.inner(t.b.prime(t.f), t.g) != t.b.inner(t.f, t.b.prime(t.g)));
  CHECK(t.b.mean(t.phi, 0, qp) == t.b.prime(t.b.mean(t.phi, 0, t.q)));
  CHECK(t.b.node(t.b.call(Function::mul, {t.q, qp})).stage == Stage::pair);
  CHECK(t.b.node(qp).stage == Stage::primed);
  CHECK(t.b.channel_mean(t.b.feature_sum(t.b.prime(t.f), t.b.prime(t.g))) == t.b.prime(t.b.channel_mean(t.b.feature_sum(t.f, t.g))));
}

TEST_CASE("expectations") {
  Bench t;
  const ir::Value zero = t.c(0), qp = t.b.prime(t.q), d = t.b.distance(t.f, t.b.prime(t.f)), g = t.b.gram(t.b.prime(t.f), t.f);
  CHECK(t.b.dual(t.phi, t.phi, 1, 1, {t.q, qp, t.k, d, g}) == t.b.dual(t.phi, t.phi, 1, 1, {qp, t.q, t.k, d, g}));
  CHECK(t.b.dual(t.phi, t.phi, 0, 1, {t.q, qp, t.k, d, g}) == t.b.dual(t.phi, t.phi, 1, 0, {qp, t.q, t.k, d, g}));
  CHECK(t.b.dual(t.phi, t.phi, 0, 1, {t.q, qp, zero, d, g}) == t.b.call(Function::mul, {t.b.mean(t.phi, 0, t.q), t.b.mean(t.phi, 1, qp)}));
  CHECK(t.b.dual_distance(t.phi, {t.q, t.q, t.q, zero, zero}) == zero);
  CHECK(t.b.dual_gram(t.phi, {t.q, t.q, t.q, zero, zero}) == zero);
  CHECK(t.b.node(t.b.dual(t.phi, t.phi, 0, 0, {qp, qp, qp, zero, zero})).op == Op::prime);
}

TEST_CASE("an expectation over an activation with a param is known when the param is") {
  Bench t;
  graph::ActivationUse leaky;
  leaky.name = "leaky";
  leaky.phi = max(expr::Expr::variable(), expr::Expr::param("w") * expr::Expr::variable());
  CHECK(t.b.node(t.b.mean(t.b.activation(leaky), 0, t.c(1))).stage == Stage::parameter);
  CHECK(t.b.node(t.b.mean(t.phi, 0, t.c(1))).stage == Stage::constant);
}

TEST_CASE("a value belongs to the innermost loop that it depends on") {
  Bench t;
  const ir::BlockId outer = t.b.open(3, 0);
  const ir::Value a = t.b.argument(outer, ir::Type::number, Stage::pair, "a");
  const ir::BlockId inner = t.b.open(4, outer);
  const ir::Value i = t.b.argument(inner, ir::Type::number, Stage::pair, "i");
  const ir::Value both = t.b.call(Function::mul, {a, i}), invariant = t.b.call(Function::add, {t.q, t.k});
  CHECK(t.b.node(both).block == inner);
  CHECK(t.b.node(invariant).block == 0);
  const ir::Value first[] = {a}, next[] = {both};
  const ir::Value r = t.b.result(t.b.close(inner, first, next), 0);
  CHECK(t.b.node(r).block == outer);
  CHECK(t.b.node(r).stage == Stage::pair);
}

TEST_CASE("an expression with the variable put in") {
  Bench t;
  const expr::Expr x = expr::Expr::variable();
  const ir::Value v = t.b.expression(x * x + expr::Expr::param("w"), t.q);
  CHECK(v == t.b.call(Function::add, {t.b.call(Function::mul, {t.q, t.q}), t.b.param("w")}));
  CHECK_THROWS_AS(t.b.expression(x), std::logic_error);
}

TEST_CASE("a long program does not recurse") {
  Bench t;
  ir::Num x = num(t.b, t.k), w = num(t.b, t.b.param("w"));
  for (int i = 0; i < 100000; ++i) x = x * w + 1.0;
  t.p.outputs = {{"nngp", x.v}};
  CHECK(ir::verify(t.p).value_or("") == "");
  CHECK(ir::to_text(ir::parse(ir::to_text(t.p))) == ir::to_text(t.p));
}

// Reverse mode against central differences in long double, over specs that have every layer.
#include <set>

#include "finite/laziness.hpp"
#include "layers/layer.hpp"
#include "networks.hpp"

using namespace ntkc;
using finite::Matrix;
using Extended = long double;
using Point = finite::Parameters<Matrix<Extended>>;

namespace {

struct Small {
  finite::Model model;
  Point theta, direction;
  finite::Batch<Extended> batch;
};

Small small(const test::Case& c, Eigen::Index samples = 3) {
  finite::Model model = test::model_of(test::compile(c), {.hidden = 6, .outputs = 2});
  return {model, finite::draw<Extended>(model, 3), finite::draw<Extended>(model, 4),
          finite::batch<Extended>(model, test::inputs<Extended>(samples), 5)};
}

Point moved(const Small& s, Extended by) {
  Point p = s.theta;
  finite::add(p, by, s.direction);
  return p;
}

// Of a smooth f, from four values: the error is h^4 f''''' / 30, and 1e-19 / h of rounding.
template <class F>
auto difference(const F& f) {
  constexpr Extended h = 1e-3L;
  return ((f(h) - f(-h)) * (8 / (12 * h)) - (f(2 * h) - f(-2 * h)) / (12 * h)).eval();
}

Matrix<Extended> flat(const Point& p) {
  std::vector<Extended> all;
  for (std::size_t i = 0; i < p.weights.size(); ++i)
    for (const auto* m : {&p.weights[i], &p.biases[i]}) all.insert(all.end(), m->data(), m->data() + m->size());
  return Eigen::Map<Matrix<Extended>>(all.data(), Eigen::Index(all.size()), 1);
}

constexpr double kTolerance = 1e-9;  // h^4 times fifth derivatives of a few hundred

double off(const Matrix<Extended>& a, const Matrix<Extended>& b) {
  return double((a - b).cwiseAbs().maxCoeff() / (1e-3L + b.cwiseAbs().maxCoeff()));
}

}  // namespace

TEST_CASE("every layer with a rule has a forward map, and a network here") {
  std::set<std::string> seen;
  for (const test::Case& c : test::cases()) {
    const auto compilation = test::compile(c);
    for (const graph::Node& node : compilation.graphs[0].nodes) seen.insert(node.kind);
  }
  seen.insert("identity");  // the analysis drops it
  for (const layers::Layer& layer : layers::all()) {
    CAPTURE(layer.name);
    const bool loop = layer.name == "carry" || layer.name == "loop";
    CHECK((layer.forward != nullptr) == (layer.rule.has_value() && !loop));
    if (layer.rule) CHECK(seen.contains(std::string(layer.name)));
  }
}

TEST_CASE("the Jacobian of every layer: reverse mode against central differences, and forward mode") {
  for (const test::Case& c : test::cases()) {
    if (!c.ntk) continue;
    CAPTURE(c.body);
    const Small s = small(c);
    const auto f = [&](Extended h) { return finite::forward(s.model, moved(s, h), s.batch)[s.model.output]; };
    const Matrix<Extended> expected = difference(f);
    const auto tangents = finite::tangents(s.model, s.theta, s.batch, s.model.outputs());
    const Matrix<Extended> direction = flat(s.direction);
    for (std::size_t o = 0; o < s.model.outputs(); ++o)
      CHECK(off(finite::jacobian(s.model, tangents, o) * direction, expected.col(Eigen::Index(o))) < kTolerance);
    const auto jet = finite::forward(s.model, finite::along(s.theta, s.direction), s.batch)[s.model.output];
    CHECK(off(jet.slope, expected) < kTolerance);
    CHECK(off(jet.value, f(0)) < 1e-18);
  }
}

TEST_CASE("Hessian times a direction: forward over reverse against central differences of gradients") {
  for (const test::Case& c : test::cases()) {
    if (!c.ntk) continue;
    CAPTURE(c.body);
    const Small s = small(c);
    const Matrix<Extended> seed = Matrix<Extended>::Constant(3, Eigen::Index(s.model.outputs()), 0.7L);
    const auto gradient = [&](Extended h) {
      const Point at = moved(s, h);
      const auto values = finite::forward(s.model, at, s.batch);
      return flat(finite::gradient(s.model, values, finite::reverse(s.model, at, s.batch, values, seed)));
    };
    CHECK(off(flat(finite::hessian_times(s.model, finite::along(s.theta, s.direction), s.batch, seed)), difference(gradient)) < kTolerance);
  }
}

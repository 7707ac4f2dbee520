// Small networks of every layer, at given widths.
#pragma once
#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <vector>

#include "driver/describe.hpp"
#include "driver/pipeline.hpp"
#include "engine/engine.hpp"
#include "finite/kernel.hpp"

namespace ntkc::test {

struct Case {
  std::string body;
  bool ntk = true;  // false: only the nngp is defined
};

// Together they have every layer; activations with kinks are away from them for the inputs below.
inline const std::vector<Case>& cases() {
  static const std::vector<Case> all = {
      {"dense(sigma_w = 1.3, sigma_b = 0.4); erf; dense(sigma_b = 0.2); gelu; dense(sigma_b = 0.1)"},
      {"dense(sigma_w = 1.5); relu; dense(sigma_w = 1.4, lr = 0.5, lr_b = 2, sigma_b = 0.3); relu; dense"},
      {"dense(sigma_b = 0.5, trainable = false); tanh; dense(sigma_b = 0.1, lr = 0.3)"},
      {"dense(width = 24, sigma_b = 0.3); sin; dense(width = 12, parameterization = standard, sigma_b = 0.2); erf; dense(parameterization "
       "= "
       "standard, sigma_b = 0)"},
      {"dense; repeat 3 shared { erf; dense(sigma_b = 0.2) }"},
      {"dense; repeat 2 { residual(scale = 0.6) { erf; dense(sigma_b = 0.2) } }; gelu; dense"},
      {"let a = dense(sigma_b = 0.3); sum(weights = [0.5, 2]) { branch { a; erf } branch { a; identity; tanh } }; scale(0.8); dense"},
      {"dense; layer_norm; erf; layer_norm(eps = 0.1); dense(sigma_b = 0.2)"},
      {"layer_norm; dense(sigma_b = 0.1); tanh; dense"},
      {"concat(weights = [1, 3]) { branch { dense(sigma_w = 2) } branch { dense(sigma_b = 0.3) } }; erf; layer_norm; dense(sigma_b = 0.1)"},
      {"concat { branch { dense(width = 8) } branch { dense(width = 16, sigma_w = 1.5); tanh; dense(width = 24) } }; gelu; dense"},
      {"product { branch { dense; erf } branch { dense(sigma_b = 0.4); tanh } }; dense"},
      {"product { branch { dense } branch { dense(sigma_w = 1.2) } }; dense"},
      {"dense; erf; dropout(0.3); dense(sigma_b = 0.2); dropout(0.1); dense"},
      {"sum { branch { gelu } branch { layer_norm } }; dense; erf; dense"},
      {"dense; erf; dense; erf"},
      {"dense; sign; dense(sigma_b = 0.1)", false},
  };
  return all;
}

inline std::string spec_of(const std::string& body, std::size_t inputs) {
  return "ntk 1\nnetwork n { input x: [" + std::to_string(inputs) + "]; " + body + " }\n";
}

inline driver::Compilation compile(const Case& c, std::size_t inputs = 5) {
  MemoryProvider files({{"n.ntk", spec_of(c.body, inputs)}});
  driver::Request request;
  request.spec = "n.ntk";
  request.kernels = {true, c.ntk};
  auto compilation = driver::compile(files, request);
  for (const Diagnostic& d : compilation.diagnostics.all())
    if (d.severity == Severity::error) FAIL(c.body, ": ", d.message);
  return compilation;
}

inline finite::Model model_of(const driver::Compilation& c, const finite::Widths& widths, std::size_t inputs = 5) {
  Diagnostics diagnostics;
  const auto& network = c.graphs[0];
  auto model = finite::make_model(network, engine::input_sizes(c.plans[0], inputs), widths, driver::values(network), diagnostics);
  for (const Diagnostic& d : diagnostics.all()) FAIL(d.message);
  return *model;
}

template <class T>
finite::Matrix<T> inputs(Eigen::Index samples) {
  return finite::Matrix<T>::NullaryExpr(samples, 5, [](Eigen::Index i, Eigen::Index j) {
    return T(std::sin(1.3 + 1.7 * double(i) + 0.9 * double(j)) + 0.4 * std::cos(0.5 + 2.1 * double(i * j)));
  });
}

}  // namespace ntkc::test

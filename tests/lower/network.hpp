// Specs in, kernel values in 100 digits out.
#pragma once
#include <doctest/doctest.h>

#include <string>

#include "driver/pipeline.hpp"
#include "reference/evaluate.hpp"

namespace ntkc::test {

using numeric::Number;

inline driver::Compilation compile(const std::string& spec, driver::Stage last = driver::Stage::lower) {
  MemoryProvider provider;
  provider.add("spec.ntk", spec);
  driver::Request request;
  request.spec = "spec.ntk";
  return driver::compile(provider, request, last);
}

// One network on feature vectors of four numbers; its body without the input.
inline std::string network(const std::string& body) { return "ntk 1\nnetwork n {\n  input x: [4]\n" + body + "\n}\n"; }

inline ir::Program lowered(const std::string& body) {
  const driver::Compilation c = compile(network(body));
  for (const Diagnostic& d : c.diagnostics.all()) MESSAGE(d.message);
  REQUIRE(c.lowered.size() == 1);
  return c.lowered[0];
}

inline constexpr double kX[] = {0.7, -1.1, 0.4, 1.9}, kY[] = {-0.2, 0.8, 1.5, 0.3};

inline std::map<std::string, Number> kernels(const std::string& body, bool same = false) {
  return reference::evaluate(lowered(body), kX, same ? kX : kY, {}, same);
}

inline double relative(const Number& a, const Number& b) {
  const Number scale = b == Number(0) ? Number(1) : b;
  return std::abs(((a - b) / scale).to_double());
}

}  // namespace ntkc::test

// docs/layers.md is what the registries of layers and activations say. NTKC_UPDATE_GOLDEN=1 writes it anew.
#include <doctest/doctest.h>

#include <cstdlib>

#include "activations/activation.hpp"
#include "expr/piecewise.hpp"
#include "layers/layer.hpp"
#include "tests/driver/process.hpp"

using namespace ntkc;

namespace {

std::string type_of(graph::ArgumentType type) {
  switch (type) {
    case graph::ArgumentType::real:
      return "a number";
    case graph::ArgumentType::nonnegative:
      return "a number ≥ 0";
    case graph::ArgumentType::positive:
      return "a number > 0";
    case graph::ArgumentType::rate:
      return "a number in [0, 1)";
    case graph::ArgumentType::integer:
      return "a whole number";
    case graph::ArgumentType::count:
      return "a whole number ≥ 0";
    case graph::ArgumentType::size:
      return "a whole number ≥ 1";
    case graph::ArgumentType::boolean:
      return "true or false";
    case graph::ArgumentType::word:
      return "a word";
    case graph::ArgumentType::sizes:
      return "a size, or a list with one for each axis";
    case graph::ArgumentType::axes:
      return "a list of axes";
    case graph::ArgumentType::reals:
      return "a list of numbers";
    case graph::ArgumentType::weights:
      return "a list of numbers, or of rows of them";
    case graph::ArgumentType::activation:
      return "an activation of the file";
  }
  throw std::logic_error("unknown argument type");
}

std::string values_of(const graph::Argument& argument) {
  const std::string words = fmt::format("{}", fmt::join(argument.words, ", "));
  if (words.empty()) return type_of(argument.type);
  return argument.type == graph::ArgumentType::word ? words : words + ", or " + type_of(argument.type);
}

std::string arguments(const std::vector<graph::Argument>& list) {
  if (list.empty()) return "No arguments.\n";
  std::string out = "| argument | default | value | |\n| --- | --- | --- | --- |\n";
  for (const graph::Argument& a : list)
    out += fmt::format("| `{}` | {} | {} | {} |\n", a.name, a.fallback.empty() ? "needed" : fmt::format("`{}`", a.fallback), values_of(a),
                       a.doc);
  return out;
}

std::string evaluated(const activations::Activation& a) {
  if (a.closed) return "closed form";
  graph::Args args;  // any numbers
  for (const graph::Argument& argument : a.arguments)
    args[std::string(argument.name)].value = expr::Expr::param(std::string(argument.name));
  if (expr::piecewise_linear(a.phi(args))) return "closed form, piecewise linear";
  return expr::is_piecewise_polynomial(a.phi(args)) ? "integrated, piecewise polynomial" : "integrated";
}

std::string page() {
  std::string out =
      "# Layers and activations\n\nMade by `NTKC_UPDATE_GOLDEN=1 ./dev test` from the registries `src/layers` and `src/activations`. "
      "Arguments may be given by name, or by position "
      "in this order.\n\n## Layers\n";
  for (const layers::Layer& layer : layers::all()) {
    if (layer.structural) continue;
    out += fmt::format("\n### {}\n\n{}{}\n\n{}", layer.name, layer.doc,
                       layer.rule ? "" : " On positions: checked, not compiled by this version.", arguments(layer.arguments));
  }
  out += "\n## Activations\n";
  for (const activations::Activation& a : activations::all())
    out += fmt::format("\n### {}\n\n`{}`; {}. {}.\n\n{}", a.name, a.doc, evaluated(a), a.reference, arguments(a.arguments));
  return out;
}

}  // namespace

TEST_CASE("the page of layers and activations is up to date") {
  const std::string path = std::string(NTKC_SOURCE_DIR) + "/docs/layers.md", now = page();
  if (std::getenv("NTKC_UPDATE_GOLDEN") && test::read(path) != now) test::write(path, now);
  CHECK(now == test::read(path));
}

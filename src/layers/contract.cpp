#include "layers/spatial.hpp"

namespace ntkc::layers {
namespace {

bool row_fits(const ShapeContext& context, const graph::ArgValue& row, const graph::Dim& dim) {
  if (!dim.size || row.list().size() == *dim.size) return true;
  context.diagnostics.report(Code::contract_length, row.span, row.list().size(), *dim.size);
  return false;
}

std::optional<Shaped> shape(const ShapeContext& context) {
  const auto axis = position_axis(context);
  if (!axis) return std::nullopt;
  std::vector<graph::Dim> positions = context.input(0).shape.positions;
  const graph::ArgValue& weights = context.node.args.find("weights")->second;
  const bool rows = !weights.list().empty() && std::holds_alternative<graph::ArgList>(weights.list().front().value);
  if (!rows) {
    if (!row_fits(context, weights, positions[*axis])) return std::nullopt;
    positions.erase(positions.begin() + static_cast<std::ptrdiff_t>(*axis));
    return linear(context, std::move(positions));
  }
  for (const graph::ArgValue& row : weights.list())
    if (!row_fits(context, row, positions[*axis])) return std::nullopt;
  positions[*axis] = {weights.list().size(), ""};
  return linear(context, std::move(positions));
}

}  // namespace

Layer contract() {
  return {.name = "contract",
          .arguments = {{"axis", graph::ArgumentType::integer, "", "a position axis, from 0"},
                        {"weights", graph::ArgumentType::weights, "",
                         "a list sums the axis away; a list of lists (rows = new positions) replaces it"}},
          .doc = "A fixed linear map over one position axis: K' = w K w^T, Theta' = w Theta w^T.",
          .shape = shape};
}

}  // namespace ntkc::layers

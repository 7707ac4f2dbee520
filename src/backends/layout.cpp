#include <fmt/format.h>

#include "backends/statements.hpp"

namespace ntkc::backends {

Layout::Layout(const plan::Plan& plan) : plan_(plan) {
  for (const auto& shape : plan.input_shapes) {
    const auto& channels = shape.channels;
    if (channels.size) {
      fixed_ += *channels.size;
    } else {
      if (named_ > 0 && channels.name != dimension_) solvable = false;
      dimension_ = channels.name;
      ++named_;
    }
  }
}

std::string Layout::named_size() const {
  auto rest = fixed_ == 0 ? std::string("columns") : fmt::format("(columns - {})", fixed_);
  return named_ == 1 ? rest : fmt::format("{} / {}", rest, named_);
}

std::string Layout::sum(std::uint64_t fixed, std::uint64_t named) const {
  if (named == 0) return fmt::format("{}", fixed);
  auto text = named == 1 ? named_size() : fmt::format("{} * ({})", named, named_size());
  return fixed == 0 ? text : fmt::format("{} + {}", fixed, text);
}

std::string Layout::columns() const { return named_ == 0 ? fmt::format("{}", fixed_) : ""; }

std::string Layout::size(std::uint32_t input) const {
  const auto& channels = plan_.input_shapes.at(input).channels;
  return channels.size ? sum(*channels.size, 0) : sum(0, 1);
}

std::string Layout::offset(std::uint32_t input) const {
  std::uint64_t fixed = 0, named = 0;
  for (std::uint32_t i = 0; i < input; ++i) plan_.input_shapes[i].channels.size ? fixed += *plan_.input_shapes[i].channels.size : ++named;
  return sum(fixed, named);
}

std::string Layout::computed_offset(std::uint32_t slot) const {
  std::uint64_t fixed = 0, named = 0;
  for (std::uint32_t s = 0; s < slot; ++s) {
    if (plan_.sample.slots[s].type != ir::Type::features) continue;
    const auto& channels = plan_.input_shapes.at(plan_.sample.slots[s].input).channels;
    channels.size ? fixed += *channels.size : ++named;
  }
  return sum(fixed, named);
}

std::string Layout::computed_size() const { return computed_offset(static_cast<std::uint32_t>(plan_.sample.slots.size())); }

}  // namespace ntkc::backends

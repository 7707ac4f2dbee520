#include <fmt/format.h>

#include <stdexcept>

#include "backends/statements.hpp"

namespace ntkc::backends {

Layout::Layout(const plan::Plan& plan) : plan_(plan) {
  for (const auto& shape : plan.input_shapes) {
    const auto& channels = shape.channels;
    if (channels.size) {
      fixed_ += *channels.size;
    } else {
      if (named_ > 0 && channels.name != dimension_) throw std::logic_error("layout: a row does not tell two sizes");
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

std::string Layout::misfit(std::string_view columns) const {
  if (named_ == 0) return fmt::format("{} != {}", columns, fixed_);
  if (named_ == 1) return fmt::format("{} <= {}", columns, fixed_);
  return fmt::format("{0} <= {1} || ({0} - {1}) % {2} != 0", columns, fixed_, named_);
}

std::string Layout::row() const {
  if (named_ == 0) return fmt::format("a row has {} numbers", fixed_);
  const auto times = named_ == 1 ? dimension_ : fmt::format("{} {}", named_, dimension_);
  return fmt::format("a row has {}{} numbers", fixed_ == 0 ? "" : fmt::format("{} + ", fixed_), times);
}

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

// What a program leaves for n samples (the parameter program: for one): a slot's numbers side by side, sample after sample; of a series,
// the same number of eight neighbours side by side.
#pragma once
#include <vector>

#include "engine/block_ops.hpp"
#include "ntk/runtime/mehler.hpp"
#include "plan/plan.hpp"

namespace ntkc::engine {

static_assert(plan::kSeriesFacts == ::ntk::quadrature::kFacts);

class Store {
 public:
  Store() = default;
  Store(const plan::Code& code, std::size_t samples, const std::vector<std::size_t>& input_sizes) : samples_(packed(samples)) {
    for (const auto& slot : code.slots) {
      const std::size_t width = slot.type == ir::Type::features ? input_sizes.at(slot.input) : slot.numbers();
      slots_.push_back({width, std::vector<double>(slot.elements() * samples_ * width)});
    }
  }
  std::size_t width(std::uint32_t slot) const { return slots_[slot].width; }
  double* at(std::uint32_t slot, std::size_t element, std::size_t sample) {
    return slots_[slot].numbers.data() + (element * samples_ + sample) * slots_[slot].width;
  }
  const double* at(std::uint32_t slot, std::size_t element, std::size_t sample) const {
    return slots_[slot].numbers.data() + (element * samples_ + sample) * slots_[slot].width;
  }
  double* series(std::uint32_t slot, std::size_t element, std::size_t sample) {
    return at(slot, element, sample - sample % kPack) + sample % kPack;
  }
  ::ntk::quadrature::Strided series(std::uint32_t slot, std::size_t element, std::size_t sample) const {
    return {at(slot, element, sample - sample % kPack) + sample % kPack, kPack};
  }

 private:
  struct Numbers {
    std::size_t width;
    std::vector<double> numbers;
  };
  std::size_t samples_ = 0;
  std::vector<Numbers> slots_;
};

}  // namespace ntkc::engine

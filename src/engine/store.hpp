// What a program leaves for n samples (the parameter program: for one): a slot's numbers side by side, sample after sample; of a series,
// the same number of eight neighbours side by side.
#pragma once
#include <algorithm>
#include <memory>
#include <vector>

#include "engine/block_ops.hpp"
#include "ntk/runtime/mehler.hpp"
#include "plan/plan.hpp"

namespace ntkc::engine {

static_assert(plan::kSeriesFacts == ::ntk::quadrature::kFacts);

inline bool has_series(const plan::Code& code) {
  return std::any_of(code.slots.begin(), code.slots.end(), [](const plan::Slot& slot) { return slot.type == ir::Type::series; });
}

class Store {
 public:
  Store() = default;
  Store(const plan::Code& code, std::size_t samples, const std::vector<std::size_t>& input_sizes) : samples_(packed(samples)) {
    for (const auto& slot : code.slots) {
      const std::size_t width = slot.type == ir::Type::features ? input_sizes.at(slot.input) : slot.numbers();
      slots_.push_back({width, std::make_unique_for_overwrite<double[]>(slot.elements() * samples_ * width)});
      for (std::size_t element = 0; samples_ > 0 && element < slot.elements(); ++element)  // lanes beyond the last sample hold numbers
        std::fill_n(slots_.back().numbers.get() + ((element + 1) * samples_ - kPack) * width, kPack * width, 0.0);
    }
  }
  std::size_t width(std::uint32_t slot) const { return slots_[slot].width; }
  double* at(std::uint32_t slot, std::size_t element, std::size_t sample) {
    return slots_[slot].numbers.get() + (element * samples_ + sample) * slots_[slot].width;
  }
  const double* at(std::uint32_t slot, std::size_t element, std::size_t sample) const {
    return slots_[slot].numbers.get() + (element * samples_ + sample) * slots_[slot].width;
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
    std::unique_ptr<double[]> numbers;  // memory that no sample has come to is not touched
  };
  std::size_t samples_ = 0;
  std::vector<Numbers> slots_;
};

}  // namespace ntkc::engine

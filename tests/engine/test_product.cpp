#include <doctest/doctest.h>

#include <hwy/targets.h>

#include <random>
#include <vector>

#include "engine/product.hpp"

using ntk::product::Packed;
using ntk::product::Panels;

// Of every instruction set of this machine. Sums of whole numbers are exact, so every order of them is right.
TEST_CASE("products of every instruction set") {
  std::mt19937_64 random(1);
  std::uniform_int_distribution<int> whole(-1000, 1000);
  for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
    CAPTURE(hwy::TargetName(target));
    hwy::SetSupportedTargetsForTest(target);
    for (const std::size_t n : {1, 30, 801, 1200}) {
      constexpr std::size_t kRows = 21, kColumns = 67, kStride = 72, kFirst = 16;
      std::vector<double> x(kRows * n), y(kColumns * n), out(24 * kStride);
      for (auto* numbers : {&x, &y})
        for (double& v : *numbers) v = whole(random);
      Packed<double> rows, columns;
      rows.pack_all(
          n, kRows, [&](std::size_t i) { return x.data() + i * n; }, ntk::product::kUnit);
      columns.pack_all(
          n, kColumns, [&](std::size_t j) { return y.data() + j * n; }, ntk::product::kUnit);
      ntkc::engine::multiply(Panels<double>(rows, 0, kRows), Panels<double>(columns, kFirst, kColumns - kFirst), 1 << 20, out.data(),
                             kStride);
      bool right = true;
      for (std::size_t i = 0; i < kRows; ++i)
        for (std::size_t j = kFirst; j < kColumns; ++j) {
          double sum = 0;
          for (std::size_t k = 0; k < n; ++k) sum += x[i * n + k] * y[j * n + k];
          right = right && out[i * kStride + (j - kFirst)] == sum;
        }
      CHECK(right);
    }
  }
  hwy::SetSupportedTargetsForTest(0);
}

// The collapse of a generated model: its recursion at chosen norms and angles, and tiles of its pairs.
#pragma once
#ifndef NTK_RUNTIME_COLLAPSE_MODEL_HPP
#define NTK_RUNTIME_COLLAPSE_MODEL_HPP
#include <array>

#include "ntk/runtime/blocks.hpp"
#include "ntk/runtime/collapse_tile.hpp"
#include "ntk/runtime/product.hpp"

namespace ntk::NTK_ABI::collapse {

template <class M>
inline constexpr bool has_collapse = requires {
  M::pair_cost;
};
template <class M>
constexpr double near_cost() {
  if constexpr (requires { M::near_cost; })
    return M::near_cost;
  else
    return 0;
}
template <class M>
inline constexpr bool has_series = requires {
  M::plus_series;
};

// k(x, x) of one sample, for each kernel that the model has.
template <Model M>
std::vector<double> diagonal(const M& model, const typename M::template SampleOf<double>& sample, const double* row, std::size_t columns) {
  std::array<double, M::products.size() + 1> products{};
  const double norm = inner(columns, row, row);
  for (std::size_t p = 0; p < M::products.size(); ++p) products[p] = M::products[p].kind == ProductKind::inner ? norm : 0.0;
  double out[2] = {0, 0};
  model.pair(sample, sample, products.data(), 1.0, out);
  std::vector<double> values;
  if (M::has_nngp) values.push_back(out[0]);
  if (M::has_ntk) values.push_back(out[1]);
  return values;
}

// Samples of chosen norms are rows with one number that is not 0.
template <Model M>
class ModelNodes {
 public:
  ModelNodes(const M& model, std::size_t columns) : model_(&model), columns_(columns) {}
  struct Side {
    std::vector<double> variances;
    std::vector<typename M::template SampleOf<double>> samples;
    std::vector<std::vector<double>> diagonal;  // of each output k(x, x)
  };
  std::vector<std::vector<double>> diagonal(const std::vector<double>& variances) const { return side(variances).diagonal; }
  // Of a model that was collapsed when it was generated.
  static std::span<const double> series(std::size_t output, Sheet sheet) requires has_series<M> {
    return (sheet == Sheet::plus ? M::plus_series : M::minus_series)[output];
  }
  static constexpr std::size_t outputs() { return (M::has_nngp ? 1 : 0) + (M::has_ntk ? 1 : 0); }

  Side side(const std::vector<double>& variances) const {
    Side out{variances, std::vector<typename M::template SampleOf<double>>(variances.size()), std::vector<std::vector<double>>(outputs())};
    std::vector<double> row(columns_), computed(model_->computed_size(columns_));
    for (std::size_t i = 0; i < variances.size(); ++i) {
      row[0] = std::sqrt(variances[i] * static_cast<double>(columns_));
      if constexpr (requires { &M::template sample_of_features<double>; })
        model_->sample_of_features(row.data(), columns_, out.samples[i], computed.data());
      else
        model_->sample(row.data(), columns_, out.samples[i], computed.data());
      const auto all = collapse::diagonal(*model_, out.samples[i], row.data(), columns_);
      for (std::size_t o = 0; o < all.size(); ++o) out.diagonal[o].push_back(all[o]);
    }
    return out;
  }

  void kernels(const Side& x, const Side& y, Sheet sheet, const std::vector<double>& t, double* out) const {
    const std::size_t nx = x.variances.size(), ny = y.variances.size(), nt = t.size();
    std::array<Lanes, M::products.size() + 1> data;
    typename M::template SampleOf<Lanes> strip{};
    for (std::size_t b = 0; b < ny; ++b) {
      copies(y.samples[b], strip);
      for (std::size_t a = 0; a < nx; ++a)
        for (std::size_t m = 0; m < nt; m += lanes::kCount) {
          for (std::size_t l = 0; l < lanes::kCount; ++l) {
            const auto at = products(x.variances[a], y.variances[b], sheet, t[m + l < nt ? m + l : nt - 1]);
            for (std::size_t p = 0; p < M::products.size(); ++p)
              data[p].set(l, M::products[p].kind == ProductKind::inner      ? at.inner
                             : M::products[p].kind == ProductKind::distance ? at.distance
                                                                            : at.gram);
          }
          Lanes both[2];
          model_->pair(x.samples[a], strip, data.data(), Lanes(0.0), both);
          for (std::size_t o = 0; o < outputs(); ++o)
            for (std::size_t l = 0; l < lanes::kCount && m + l < nt; ++l)
              out[((o * nx + a) * nt + m + l) * ny + b] =
                  both[M::has_nngp ? o : 1][l] / (std::sqrt(x.diagonal[o][a]) * std::sqrt(y.diagonal[o][b]));
        }
    }
  }

 private:
  static void copies(const typename M::template SampleOf<double>& sample, typename M::template SampleOf<Lanes>& out) {
    if constexpr (M::sample_numbers > 0) {
      for (std::size_t k = 0; k < M::sample_numbers; ++k) {
        double value;
        std::memcpy(&value, reinterpret_cast<const char*>(&sample) + k * sizeof(double), sizeof(double));
        const Lanes all(value);
        std::memcpy(reinterpret_cast<char*>(&out) + k * sizeof(Lanes), &all, sizeof(Lanes));
      }
    }
  }
  const M* model_;
  std::size_t columns_;
};

// The loops of collapse_row.hpp as this translation unit compiles them.
template <class T>
struct InlineOps {
  // As many as leave registers for sums.
  static constexpr std::size_t kMostVectors = Line<T>::kParts == 1 ? 4 : 1;

  static Found correlations(std::size_t n, const T* sums, const std::uint32_t* order, T factor, const T* inverse_norm, T least, T turn,
                            T most, T* rho) {
    return collapse::correlations(n, sums, order, factor, inverse_norm, least, turn, most, rho);
  }
  static std::size_t outside(std::size_t n, const T* rho, T low, T high, std::uint32_t* out) {
    return collapse::outside(n, rho, low, high, out);
  }
  static void blend(std::size_t n, const T* rho, T turn, const T* minus, T* to) { collapse::blend(n, rho, turn, minus, to); }
  static void places(std::size_t n, Interval t, Sheet sheet, const T* rho, T* place2) {
    const Line<T> scale(static_cast<T>(2 / t.half())), shift(static_cast<T>(-2 / t.half() * t.middle())),
        sign(sheet == Sheet::plus ? T(-1) : T(1));
    for (std::size_t l = 0; l < n; l += Line<T>::kCount)
      ((Line<T>(T(1)) + sign * Line<T>::load(rho + l)).root() * scale + shift).store(place2 + l);
  }
  static void combine(std::size_t count, const T* factors, const T* from, std::size_t size, std::size_t stride, T* to) {
    collapse::combine(count, factors, from, size, stride, to);
  }
  static void narrow(std::size_t n, const double* from, float* to) { collapse::narrow(n, from, to); }
  static void add(std::size_t n, const float* from, double* to) { collapse::add(n, from, to); }
  static void evaluate(const Terms<T>& terms, const T* coefficients, const Columns<T>& columns, const T* place2, T* out) {
    std::size_t l = 0;
    const auto some = [&]<std::size_t kVectors>() {
      for (; l + (kVectors - 1) * Line<T>::kCount < columns.count; l += kVectors * Line<T>::kCount)
        collapse::evaluate<kVectors>(terms, coefficients, columns.from(l), place2 + l, out + l);
    };
    some.template operator()<kMostVectors>(), some.template operator()<1>();
  }
  static void scatter(std::size_t n, T factor, const T* factors, const T* from, const std::uint32_t* order, T* to) {
    collapse::scatter(n, factor, factors, from, order, to);
  }
};

template <Model M, class T>
using CollapsedModel = Collapsed<ModelNodes<M>, T>;

template <Model M, class T>
using CollapsesOfModel = Collapses<ModelNodes<M>, T>;

template <class T, Model M>
CollapsesOfModel<M, T> collapse_model(const M& model, const Samples<M>& x, const Samples<M>& y, bool same) {
  const std::size_t columns = x.size(0);
  const auto norms_of = [&](const Samples<M>& samples) {
    Norms norms;
    for (std::size_t i = samples.begin(); i < samples.end(); ++i) norms.push_back(samples.norm(0, i));
    return norms;
  };
  const Norms left = norms_of(x), right = same ? left : norms_of(y);
  const auto correlations = [&](const std::vector<Pair>& pairs) {
    std::vector<double> out;
    for (const auto [i, j] : pairs) {
      const std::size_t a = x.begin() + i, b = y.begin() + j;
      out.push_back(inner(columns, x.block(0, a), y.block(0, b)) / (std::sqrt(x.norm(0, a)) * std::sqrt(y.norm(0, b))));
    }
    return out;
  };
  const auto found = survey(left, right, same, Costs::of(M::pair_cost, near_cost<M>(), columns, M::sample_numbers), correlations);
  return CollapsesOfModel<M, T>::make(ModelNodes<M>(model, columns), found, left, right);
}

}  // namespace ntk::NTK_ABI::collapse
#endif

#include "engine/block_ops.hpp"

#include <algorithm>

#include "ntk/runtime/bends.hpp"
#include "ntk/runtime/wedges.hpp"

// What the instruction sets between SSE2 and AVX2 add is of no use here.
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_SSE4)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/block_ops.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

// Loops over plain doubles that compilers vectorise: the templates are the runtime's, so generated code computes the same.
HWY_BEFORE_NAMESPACE();
namespace ntkc::engine::HWY_NAMESPACE {

using expr::Function;
namespace math = ::ntk::math;

template <class F>
HWY_INLINE void unary(std::size_t n, const Operand* a, double* HWY_RESTRICT out, F f) {
  if (const double* const x = a[0].lanes) {
    for (std::size_t i = 0; i < n; ++i) out[i] = f(x[i]);
  } else {
    std::fill(out, out + n, f(a[0].value));
  }
}

template <class F>
HWY_INLINE void binary(std::size_t n, const Operand* a, double* HWY_RESTRICT out, F f) {
  const double* const x = a[0].lanes;
  const double* const y = a[1].lanes;
  const double u = a[0].value, v = a[1].value;
  if (x && y) {
    for (std::size_t i = 0; i < n; ++i) out[i] = f(x[i], y[i]);
  } else if (x) {
    for (std::size_t i = 0; i < n; ++i) out[i] = f(x[i], v);
  } else if (y) {
    for (std::size_t i = 0; i < n; ++i) out[i] = f(u, y[i]);
  } else {
    std::fill(out, out + n, f(u, v));
  }
}

HWY_INLINE double at(const Operand& a, std::size_t i) { return a.lanes ? a.lanes[i] : a.value; }

void select(std::size_t n, const Operand* a, double* HWY_RESTRICT out) {
  for (std::size_t i = 0; i < n; ++i) out[i] = at(a[0], i) != 0 ? at(a[1], i) : at(a[2], i);
}

// A loop without calls where all lanes are near.
template <class Near, class F>
HWY_INLINE void near_or(std::size_t n, const Operand* a, double* HWY_RESTRICT out, double end, Near near, F f) {
  bool inside = a[0].lanes != nullptr;
  for (std::size_t i = 0; a[0].lanes && i < n; ++i) inside = inside & (math::abs(a[0].lanes[i]) <= end);
  inside ? unary(n, a, out, near) : unary(n, a, out, f);
}

template <std::size_t arity, class F>
HWY_INLINE void each(std::size_t n, const Operand* a, double* HWY_RESTRICT out, F f) {
  for (std::size_t i = 0; i < n; ++i) out[i] = [&]<std::size_t... k>(std::index_sequence<k...>) {
      return f(at(a[k], i)...);
    }
  (std::make_index_sequence<arity>());
}

HWY_INLINE double number(bool holds) { return holds ? 1.0 : 0.0; }
HWY_INLINE bool truth(double x) { return x != 0; }

void Apply(Function f, std::size_t n, const Operand* a, double* out) {
  switch (f) {
    case Function::select:
      return select(n, a, out);
#define NTK_UNARY(name, expression) \
  case Function::name:              \
    return unary(n, a, out, [](double x) -> double { return expression; });
#define NTK_BINARY(name, expression) \
  case Function::name:               \
    return binary(n, a, out, [](double x, double y) -> double { return expression; });
#define NTK_NEAR(name) \
  case Function::name: \
    return near_or(    \
        n, a, out, math::name##_end, [](double x) { return math::name##_near(x); }, [](double x) { return math::name(x); });
#include "engine/calls.def"
#undef NTK_NEAR
#undef NTK_BINARY
#undef NTK_UNARY
#define NTK_FUNCTION(name, arity)
#define NTK_FORM(name, arity) \
  case Function::name:        \
    return each<arity>(n, a, out, [](auto... x) -> double { return math::name(x...); });
#include "expr/functions.def"
#undef NTK_FUNCTION
  }
}

bool ReadProducts(std::size_t n, double q1, const double* HWY_RESTRICT q2, const double* HWY_RESTRICT sum, double size, double near,
                  double* HWY_RESTRICT c, double* HWY_RESTRICT distance, double* HWY_RESTRICT determinant) {
  long long any = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const double inner = sum[i] / size, norms = q1 * q2[i], det = norms - inner * inner;
    c[i] = inner;
    distance[i] = q1 + q2[i] - 2.0 * inner;
    determinant[i] = det;
    any |= det > near * norms ? 0 : 1;
  }
  return any != 0;
}

std::string_view Name() { return hwy::TargetName(HWY_TARGET); }

}  // namespace ntkc::engine::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ntkc::engine {

HWY_EXPORT(Apply);
HWY_EXPORT(ReadProducts);
HWY_EXPORT(Name);

void apply(expr::Function f, std::size_t n, const Operand* args, double* out) { HWY_DYNAMIC_DISPATCH(Apply)(f, n, args, out); }

bool read_products(std::size_t n, double q1, const double* q2, const double* sum, double size, double near, double* c, double* distance,
                   double* determinant) {
  return HWY_DYNAMIC_DISPATCH(ReadProducts)(n, q1, q2, sum, size, near, c, distance, determinant);
}

std::string_view instruction_set_name() { return HWY_DYNAMIC_DISPATCH(Name)(); }

}  // namespace ntkc::engine
#endif

#include "plan/homogeneous.hpp"

#include <algorithm>
#include <map>

#include "ntk/runtime/collapse_series.hpp"
#include "numeric/double_double.hpp"
#include "plan/collapse.hpp"

// Compiled without fused multiply-adds (src/CMakeLists.txt): see numeric/double_double.hpp.
namespace ntkc::plan {
namespace {

using numeric::DoubleDouble;
using Where = Ref::Where;
namespace collapse = ::ntk::collapse;

struct NotHomogeneous {};

// A number that grows like |x|^x |x'|^y. 0 has any degree.
struct Scaled {
  DoubleDouble value;
  double x = 0, y = 0;
  bool is_zero() const { return value == 0.0; }
  bool is_invariant() const { return is_zero() || (x == 0 && y == 0); }
};

// The run of a plan's programs at |x|^2 = |x'|^2 = 1 beside the degrees of all numbers. What it accepts is homogeneous wherever
// comparisons turn out as they do here, and those are of numbers of one degree: so for all norms.
class Run {
 public:
  explicit Run(const Plan& plan) : plan_(plan), parameter_(plan.parameter), sample_(plan.sample) {
    for (const auto& number : plan.constants) constants_.push_back({constant(number)});
    for (const auto& p : plan.products)
      if (p.op == ir::Op::distance) throw NotHomogeneous();  // |x|^2 + |x'|^2 - 2 |x| |x'| rho
    execute(plan.parameter, parameter_);
    norm_ = {1.0, 2, 0};
    execute(*plan.of_features, sample_);
  }
  // Of each output, of a pair with this correlation.
  std::vector<Scaled> operator()(const DoubleDouble& correlation, const DoubleDouble& gram, bool same) {
    products_.clear();
    for (const auto& p : plan_.products) products_.push_back(p.op == ir::Op::inner ? Scaled{correlation, 1, 1} : Scaled{gram, 2, 2});
    same_ = same;
    Memory pair(plan_.pair);
    execute(plan_.pair, pair);
    std::vector<Scaled> out;
    for (const auto& output : plan_.outputs) out.push_back(number(pair, output.value));
    return out;
  }

 private:
  struct Memory {
    explicit Memory(const Code& code) : locals(code.locals), slots(code.slots.size()) {
      for (std::size_t i = 0; i < slots.size(); ++i) slots[i].resize(code.slots[i].elements());
    }
    std::vector<Scaled> locals;
    std::vector<std::vector<Scaled>> slots;
  };

  std::size_t element(const Slot& slot) const {
    std::size_t at = 0;
    for (std::size_t k = 0; k < slot.extents.size(); ++k) at = at * slot.extents[k] + counters_.at(k);
    return at;
  }

  Scaled number(const Memory& own, const Ref& r) const {
    switch (r.where) {
      case Where::constant:
        return constants_[r.index];
      case Where::parameter:
        return parameter_.slots[r.index][element(plan_.parameter.slots[r.index])];
      case Where::sample:
        return sample_.slots[r.index][element(plan_.sample.slots[r.index])];
      case Where::primed: {
        const Scaled& own_side = sample_.slots[r.index][element(plan_.sample.slots[r.index])];
        return {own_side.value, own_side.y, own_side.x};
      }
      case Where::data:
        return products_[r.index];
      case Where::same:
        return {same_ ? 1.0 : 0.0};
      case Where::local:
        return own.locals[r.index];
      default:
        throw NotHomogeneous();
    }
  }
  static DoubleDouble constant(const numeric::Number& number) {
    const double high = number.to_double();
    return DoubleDouble(high) + (number - numeric::Number(high)).to_double();
  }

  void execute(const Code& code, Memory& own) { execute(code, code.steps, own); }
  void execute(const Code& code, const std::vector<Step>& steps, Memory& own) {
    for (const auto& s : steps) {
      if (s.kind == Step::Kind::store) {
        own.slots[s.slot][element(code.slots[s.slot])] = number(own, s.operands[0]);
      } else if (s.kind == Step::Kind::compute) {
        own.locals[s.result] = compute(s, own);
      } else {
        for (const auto& c : s.carries) own.locals[c.local] = number(own, c.initial);
        for (std::uint64_t i = 0; i < s.count; ++i) {
          counters_.push_back(i);
          execute(code, s.body, own);
          std::vector<Scaled> next;
          for (const auto& c : s.carries) next.push_back(number(own, c.next));
          for (std::size_t k = 0; k < next.size(); ++k) own.locals[s.carries[k].local] = next[k];
          counters_.pop_back();
        }
      }
    }
  }

  Scaled compute(const Step& s, const Memory& own) const {
    if (s.op == ir::Op::inner) return norm_;
    if (s.op != ir::Op::call) throw NotHomogeneous();
    Scaled a[3];
    for (std::size_t i = 0; i < s.operands.size() && i < 3; ++i) a[i] = number(own, s.operands[i]);
    return call(s.function, a);
  }

  // Numbers that are added or compared.
  static Scaled alike(const Scaled& a, const Scaled& b, const DoubleDouble& value) {
    if (!a.is_zero() && !b.is_zero() && (a.x != b.x || a.y != b.y)) throw NotHomogeneous();
    const Scaled& of = a.is_zero() ? b : a;
    return {value, of.x, of.y};
  }
  static Scaled truth(bool holds) { return {holds ? 1.0 : 0.0}; }
  static Scaled compared(const Scaled& a, const Scaled& b, bool holds) { return alike(a, b, 0.0), truth(holds); }

  static Scaled call(expr::Function f, const Scaled* a) {
    using expr::Function;
    const Scaled &u = a[0], &v = a[1];
    switch (f) {
      case Function::add:
        return alike(u, v, u.value + v.value);
      case Function::sub:
        return alike(u, v, u.value - v.value);
      case Function::mul:
        return {u.value * v.value, u.x + v.x, u.y + v.y};
      case Function::div:
        return {u.value / v.value, u.x - v.x, u.y - v.y};
      case Function::neg:
        return {-u.value, u.x, u.y};
      case Function::sqrt:
        return {sqrt(u.value), u.x / 2, u.y / 2};
      case Function::abs:
        return {u.value < 0.0 ? -u.value : u.value, u.x, u.y};
      case Function::min:
        return alike(u, v, v.value < u.value ? v.value : u.value);
      case Function::max:
        return alike(u, v, u.value < v.value ? v.value : u.value);
      case Function::less:
        return compared(u, v, u.value < v.value);
      case Function::less_equal:
        return compared(u, v, !(v.value < u.value));
      case Function::equal:
        return compared(u, v, u.value == v.value);
      case Function::sign:
        return {u.value < 0.0 ? -1.0 : u.is_zero() ? 0.0 : 1.0};
      case Function::step:
        return truth(0.0 < u.value);
      case Function::logical_and:
        return truth(!u.is_zero() && !v.is_zero());
      case Function::logical_or:
        return truth(!u.is_zero() || !v.is_zero());
      case Function::logical_not:
        return truth(u.is_zero());
      case Function::select:
        return u.is_zero() ? a[2] : v;
      case Function::angle: {
        const Scaled side = {u.value < 0.0 ? DoubleDouble(0.0) : sqrt(u.value), u.x / 2, u.y / 2};
        const bool nowhere = side.is_zero() && v.is_zero();
        return {alike(side, v, nowhere ? numeric::pi() * 0.5 : atan2(side.value, v.value)).value};
      }
      case Function::atan2:
        return {alike(u, v, atan2(u.value, v.value)).value};
      case Function::sin:
        return {sin_cos(angle_of(u)).sin};
      case Function::cos:
        return {sin_cos(angle_of(u)).cos};
      case Function::sin_minus_x_cos:
        return {sin_minus_x_cos(angle_of(u))};
      default:
        throw NotHomogeneous();
    }
  }
  static DoubleDouble angle_of(const Scaled& a) {
    if (!a.is_invariant() || !(a.value < 4.0) || a.value < -4.0) throw NotHomogeneous();
    return a.value;
  }

  const Plan& plan_;
  std::vector<Scaled> constants_;
  Memory parameter_, sample_;
  Scaled norm_;
  std::vector<Scaled> products_;
  bool same_ = false;
  std::vector<std::uint64_t> counters_;
};

double operations(const std::vector<Step>& steps) {
  double n = 0;
  for (const auto& step : steps) n += step.kind == Step::Kind::loop ? static_cast<double>(step.count) * operations(step.body) : 1;
  return n;
}

// cos(pi j / 2n), j = 0 ... 4n - 1.
std::vector<DoubleDouble> cosines(std::size_t n) {
  std::vector<DoubleDouble> out(4 * n);
  for (std::size_t j = 0; j <= 2 * n; ++j) {
    out[j] = sin_cos(numeric::pi() * DoubleDouble(static_cast<double>(j)) / DoubleDouble(static_cast<double>(2 * n))).cos;
    if (j > 0) out[4 * n - j] = out[j];
  }
  return out;
}

class Collapser {
 public:
  explicit Collapser(const Plan& plan) : plan_(plan), run_(plan) {
    for (const Scaled& k : run_(1.0, 0.0, true)) diagonal_.push_back(k);
    for (const Scaled& k : diagonal_)
      if (!(0.0 < k.value) || k.x != k.y) throw NotHomogeneous();
  }

  // Nothing if no number of terms is enough.
  std::optional<std::vector<std::vector<double>>> series(collapse::Sheet sheet) {
    const collapse::Interval t = collapse::whole(sheet);
    for (const std::size_t n : {32, 48, 64})
      if (auto found = series(sheet, t, n)) return found;
    return std::nullopt;
  }

 private:
  // Kernels at t, divided by those of a sample with itself.
  std::vector<DoubleDouble> at(collapse::Sheet sheet, const DoubleDouble& t) {
    const DoubleDouble deficit = t * t, rho = DoubleDouble(1.0) - deficit;
    std::vector<DoubleDouble> out;
    const auto kernels = run_(sheet == collapse::Sheet::plus ? rho : -rho, deficit * (DoubleDouble(2.0) - deficit), false);
    for (std::size_t o = 0; o < kernels.size(); ++o) {
      if (!kernels[o].is_zero() && (kernels[o].x != diagonal_[o].x || kernels[o].y != diagonal_[o].y)) throw NotHomogeneous();
      out.push_back(kernels[o].value / diagonal_[o].value);
    }
    return out;
  }

  std::optional<std::vector<std::vector<double>>> series(collapse::Sheet sheet, collapse::Interval t, std::size_t n) {
    const auto cosine = cosines(n);
    std::vector<std::vector<DoubleDouble>> values;
    for (std::size_t k = 0; k < n; ++k) values.push_back(at(sheet, DoubleDouble(t.middle()) + cosine[2 * k + 1] * t.half()));
    std::vector<std::vector<double>> out(plan_.outputs.size());
    for (std::size_t o = 0; o < out.size(); ++o) {
      for (std::size_t m = 0; m < n; ++m) {
        DoubleDouble sum = 0.0;
        for (std::size_t k = 0; k < n; ++k) sum = sum + values[k][o] * cosine[m * (2 * k + 1) % (4 * n)];
        out[o].push_back((sum * (m == 0 ? 1.0 : 2.0) / DoubleDouble(static_cast<double>(n))).value());
      }
      if (std::fabs(out[o][n - 1]) > kDropped || std::fabs(out[o][n - 2]) > kDropped) return std::nullopt;
      while (out[o].size() > 1 && std::fabs(out[o].back()) <= kDropped) out[o].pop_back();
    }
    for (const double place : {-0.97, -0.61, 0.05, 0.44, 0.93}) {  // between the nodes
      const auto exact = at(sheet, DoubleDouble(t.at(place)));
      for (std::size_t o = 0; o < out.size(); ++o)
        if (!(std::fabs((exact[o] - collapse::value(out[o], place)).value()) <= kMost)) return std::nullopt;
    }
    return out;
  }

  // Coefficients that are left out: they go on to fall. A sum of n terms in double is off by some roundings.
  static constexpr double kDropped = 1e-17, kMost = 2e-15;

  const Plan& plan_;
  Run run_;
  std::vector<Scaled> diagonal_;
};

}  // namespace

std::optional<KernelSeries> kernel_series(const Plan& plan) {
  constexpr double kMostOperations = 1200;  // a pair: at 0.1 us and some 150 nodes they take 20 ms
  if (!plan.params.empty() || !is_of_norms(plan) || operations(plan.pair.steps) > kMostOperations) return std::nullopt;
  try {
    Collapser collapser(plan);
    auto plus = collapser.series(collapse::Sheet::plus), minus = collapser.series(collapse::Sheet::minus);
    if (!plus || !minus) return std::nullopt;
    return KernelSeries{std::move(*plus), std::move(*minus)};
  } catch (const NotHomogeneous&) {
    return std::nullopt;
  }
}

}  // namespace ntkc::plan

#include "activations/parts.hpp"

#include <array>
#include <unordered_map>

#include "activations/powers.hpp"

namespace ntkc::activations {
namespace {

using expr::Expr;
using Kind = Part::Kind;

constexpr std::size_t kMostParts = 64;

// Rounding of 100 digits leaves what is 0.
bool vanishes(const Expr& e) {
  static const numeric::Number tiny = numeric::Number::parse("1e-80");
  return e.is_constant() && e.value() < tiny && -e.value() < tiny;
}

void collect(Parts& parts, Part part) {
  const bool negative = part.rate.is_constant() && part.rate.value() < numeric::Number(0);
  const bool odd = part.kind == Kind::sine || part.kind == Kind::erf || part.kind == Kind::linear_erf;
  if (negative && (odd || part.kind == Kind::cosine)) {
    part.rate = simplify(-part.rate);
    if (odd) part.factor = -part.factor;
  }
  if (vanishes(part.rate) && part.kind != Kind::row) {
    if (odd) return;
    part = {Kind::power, part.factor, 1, 0, nullptr};
  }
  part.factor = simplify(part.factor);
  for (Part& p : parts)
    if (p.kind == part.kind && p.degree == part.degree && p.row == part.row && p.rate == part.rate) {
      p.factor = simplify(p.factor + part.factor);
      return;
    }
  parts.push_back(std::move(part));
}

// sin and cos of sums: a product of waves is a sum of two.
void product_of_waves(const Part& a, const Part& b, Parts& out) {
  const Expr factor = a.factor * b.factor / 2, sum = simplify(a.rate + b.rate), gap = simplify(a.rate - b.rate);
  if (a.kind == b.kind) {
    collect(out, {Kind::cosine, factor, gap});
    collect(out, {Kind::cosine, a.kind == Kind::cosine ? factor : -factor, sum});
  } else {
    collect(out, {Kind::sine, factor, sum});
    collect(out, {Kind::sine, a.kind == Kind::sine ? factor : -factor, gap});
  }
}

bool multiply(const Part& a, const Part& b, Parts& out) {
  const auto wave = [](const Part& p) { return p.kind == Kind::sine || p.kind == Kind::cosine; };
  const auto constant = [](const Part& p) { return p.kind == Kind::power && p.degree == 0; };
  const auto line = [](const Part& p) { return p.kind == Kind::power && p.degree == 1; };
  Part made = constant(a) ? b : a;
  made.factor = a.factor * b.factor;
  if (constant(a) || constant(b)) {
    // the other as it is
  } else if (wave(a) && wave(b)) {
    product_of_waves(a, b, out);
    return true;
  } else if (a.kind != b.kind) {
    if (!(line(a) && b.kind == Kind::erf) && !(line(b) && a.kind == Kind::erf)) return false;
    made.kind = Kind::linear_erf;
    made.degree = 0;
    made.rate = line(a) ? b.rate : a.rate;
  } else if (a.kind == Kind::power) {
    made.degree = a.degree + b.degree;
    if (made.degree > kHighestDegree) return false;
  } else if (a.kind == Kind::exponential || a.kind == Kind::gaussian) {
    made.rate = simplify(a.rate + b.rate);
  } else {
    return false;
  }
  collect(out, std::move(made));
  return out.size() <= kMostParts;
}

using MaybeParts = std::optional<Parts>;

MaybeParts product(const MaybeParts& a, const MaybeParts& b) {
  if (!a || !b) return std::nullopt;
  Parts out;
  for (const Part& p : *a)
    for (const Part& q : *b)
      if (!multiply(p, q, out)) return std::nullopt;
  return out;
}

MaybeParts sum(MaybeParts a, const MaybeParts& b, int sign) {
  if (!a || !b || a->size() + b->size() > kMostParts) return std::nullopt;
  for (const Part& p : *b) collect(*a, {p.kind, sign < 0 ? -p.factor : p.factor, p.rate, p.degree, p.row});
  return a;
}

Parts single(Kind kind, Expr factor, Expr rate) { return {{kind, std::move(factor), std::move(rate)}}; }
Parts constant(const Expr& e) { return single(Kind::power, e, 1); }

// Expressions share what they have in common: each is expanded once.
class Expansion {
 public:
  MaybeParts expand(const Expr& e) {
    if (const auto found = known_.find(e.identity()); found != known_.end()) return found->second.second;
    MaybeParts made = expanded(e);
    known_.insert_or_assign(e.identity(), std::pair(e, made));
    return made;
  }

 private:
  // c0 + c1 x + c2 x^2, or nullopt.
  std::optional<std::array<Expr, 3>> quadratic(const Expr& e) {
    const MaybeParts p = expand(e);
    if (!p) return std::nullopt;
    std::array<Expr, 3> c{0, 0, 0};
    for (const Part& part : *p) {
      if (part.kind != Kind::power || part.degree > 2) return std::nullopt;
      c[part.degree] = part.factor;
    }
    return c;
  }

  MaybeParts of_exponential(const Expr& argument, const Expr& factor) {
    const auto c = quadratic(argument);
    if (!c || (!vanishes((*c)[1]) && !vanishes((*c)[2]))) return std::nullopt;
    const Expr front = factor * exp((*c)[0]);
    Parts out;
    if (vanishes((*c)[2])) {
      collect(out, {Kind::exponential, front, (*c)[1]});
      return out;
    }
    if (!(*c)[2].is_constant() || (*c)[2].value() > numeric::Number(0)) return std::nullopt;  // it has not all moments
    collect(out, {Kind::gaussian, front, (*c)[2]});
    return out;
  }

  MaybeParts of_wave(const Expr& e) {
    const auto c = quadratic(e.args()[0]);
    if (!c || !vanishes((*c)[2])) return std::nullopt;
    const Expr &phase = (*c)[0], &rate = (*c)[1];
    Parts out;
    const bool sine = e.is(Function::sin);
    collect(out, {sine ? Kind::sine : Kind::cosine, cos(phase), rate});
    if (!vanishes(phase)) collect(out, {sine ? Kind::cosine : Kind::sine, sine ? sin(phase) : -sin(phase), rate});
    return out;
  }

  // a + b erf(rate x)
  MaybeParts of_erf(const Expr& argument, const Expr& shift, const Expr& factor, const Expr& scale) {
    const auto c = quadratic(argument);
    if (!c || !vanishes((*c)[0]) || !vanishes((*c)[2])) return std::nullopt;
    Parts out;
    if (!vanishes(shift)) collect(out, {Kind::power, shift, 1});
    collect(out, {Kind::erf, factor, simplify((*c)[1] * scale)});
    return out;
  }

  MaybeParts of_power(const Expr& base, const Expr& exponent) {
    if (!depends_on_variable(base)) return of_exponential(exponent * log(base), 1);
    if (!exponent.is_constant() || !exponent.value().is_integer()) return std::nullopt;
    const double n = exponent.value().to_double();
    MaybeParts factor = expand(base), out = constant(1);
    if (n < 0) {  // of a single exponential
      if (!factor || factor->size() != 1 || factor->front().kind != Kind::exponential) return std::nullopt;
      return single(Kind::exponential, pow(factor->front().factor, exponent), simplify(factor->front().rate * exponent));
    }
    if (n > kHighestDegree) return std::nullopt;
    for (int i = 0; i < n; ++i) out = product(out, factor);
    return out;
  }

  MaybeParts expanded(const Expr& e) {
    if (!depends_on_variable(e)) return constant(e);
    if (e.kind() == Expr::Kind::variable) return Parts{{Kind::power, 1, 1, 1}};
    const Expr& a = e.args()[0];
    switch (e.function()) {
      case Function::add:
        return sum(expand(a), expand(e.args()[1]), 1);
      case Function::sub:
        return sum(expand(a), expand(e.args()[1]), -1);
      case Function::neg:
        return sum(Parts{}, expand(a), -1);
      case Function::mul:
        return product(expand(a), expand(e.args()[1]));
      case Function::div:
        return product(expand(a), of_power(e.args()[1], -1));
      case Function::pow:
        return of_power(a, e.args()[1]);
      case Function::exp:
        return of_exponential(a, 1);
      case Function::expm1:
        return sum(of_exponential(a, 1), constant(1), -1);
      case Function::sinh:
      case Function::cosh:
        return sum(of_exponential(a, 0.5), of_exponential(-a, 0.5), e.is(Function::cosh) ? 1 : -1);
      case Function::sin:
      case Function::cos:
        return of_wave(e);
      case Function::erf:
        return of_erf(a, 0, 1, 1);
      case Function::erfc:
        return of_erf(a, 1, -1, 1);
      case Function::norm_cdf:
        return of_erf(a, 0.5, 0.5, sqrt(Expr(0.5)));
      case Function::norm_pdf:
        return of_exponential(-(a * a) / 2, sqrt(0.125 / atan(Expr(1))));  // 1 / sqrt(2 pi)
      default:
        return std::nullopt;
    }
  }

  std::unordered_map<const void*, std::pair<Expr, MaybeParts>> known_;  // kept, so that no other expression gets its identity
};

// x erf(r x) = (2 gelu(b x) / b) - x, b = sqrt(2) r.
Parts with_gelu(const Parts& found) {
  Parts out;
  for (const Part& p : found) {
    if (p.kind != Kind::linear_erf) continue;
    const Expr rate = simplify(sqrt(Expr(2)) * p.rate);
    collect(out, {Kind::row, 2 * p.factor / rate, rate, 0, find("gelu")});
    collect(out, {Kind::power, -p.factor, 1, 1});
  }
  for (const Part& p : found)
    if (p.kind != Kind::linear_erf) collect(out, p);
  std::erase_if(out, [](const Part& p) { return vanishes(p.factor); });
  if (out.empty()) return constant(0);
  return out;
}

// Where a sum of waves and exponentials is 0 at 0, by functions that are: cos = 1 - (1 - cos), exp = 1 + (exp - 1).
Parts from_zero(const Parts& found) {
  const auto constant = [](const Part& p) { return p.kind == Kind::power && p.degree == 0; };
  const auto one = [](const Part& p) { return p.kind == Kind::cosine || p.kind == Kind::exponential; };
  Expr at_zero = 0;
  for (const Part& p : found)
    if (constant(p) || one(p)) at_zero = simplify(at_zero + p.factor);
  if (!vanishes(at_zero)) return found;
  Parts out;
  for (Part p : found) {
    if (constant(p)) continue;
    if (p.kind == Kind::cosine) p.kind = Kind::versine, p.factor = simplify(-p.factor);
    if (p.kind == Kind::exponential) p.kind = Kind::rise;
    out.push_back(std::move(p));
  }
  return out.empty() ? found : out;
}

}  // namespace

std::optional<Parts> parts_by_algebra(const Expr& phi) {
  const MaybeParts found = Expansion().expand(simplify(phi));
  return found ? MaybeParts(from_zero(with_gelu(*found))) : std::nullopt;
}

std::optional<Parts> parts(const Expr& phi) {
  const Expr plain = simplify(phi);
  if (const MaybeParts found = parts_by_algebra(plain)) return found;
  for (const Activation& row : all())
    if (row.closed && !row.kernel_only && row.arguments.empty() && plain == simplify(row.phi({}))) return Parts{{Kind::row, 1, 1, 0, &row}};
  return parts_of_halves(plain);
}

}  // namespace ntkc::activations

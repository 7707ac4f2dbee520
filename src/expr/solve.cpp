#include "expr/solve.hpp"

#include <array>
#include <unordered_set>

namespace ntkc::expr {
namespace {

using Places = std::optional<std::vector<Expr>>;

// e = p[0] + p[1] x + p[2] x^2 with coefficients free of x, or nullopt.
using Quadratic = std::array<Expr, 3>;
std::optional<Quadratic> quadratic(const Expr& e) {
  if (!depends_on_variable(e)) return Quadratic{e, 0, 0};
  if (e.kind() == Expr::Kind::variable) return Quadratic{0, 1, 0};
  if (e.kind() != Expr::Kind::call || e.args().size() > 2) return std::nullopt;
  const auto a = quadratic(e.args()[0]), b = e.args().size() > 1 ? quadratic(e.args()[1]) : a;
  if (!a || !b) return std::nullopt;
  Quadratic out{0, 0, 0};
  const auto is_zero = [](const Expr& c) { return c.is_constant() && c.value() == numeric::Number(0); };
  switch (e.function()) {
    case Function::add:
      for (int i = 0; i < 3; ++i) out[i] = simplify((*a)[i] + (*b)[i]);
      return out;
    case Function::sub:
      for (int i = 0; i < 3; ++i) out[i] = simplify((*a)[i] - (*b)[i]);
      return out;
    case Function::neg:
      for (int i = 0; i < 3; ++i) out[i] = simplify(-(*a)[i]);
      return out;
    case Function::div:
      if (depends_on_variable(e.args()[1])) return std::nullopt;
      for (int i = 0; i < 3; ++i) out[i] = simplify((*a)[i] / e.args()[1]);
      return out;
    case Function::mul:
      for (int i = 0; i < 3; ++i)
        for (int j = 0; j < 3; ++j) {
          const Expr product = simplify((*a)[i] * (*b)[j]);
          if (is_zero(product)) continue;
          if (i + j > 2) return std::nullopt;
          out[i + j] = simplify(out[i + j] + product);
        }
      return out;
    case Function::pow:
      return e.args()[1] == Expr(2) ? quadratic(e.args()[0] * e.args()[0]) : std::nullopt;
    default:
      return std::nullopt;
  }
}

Places of_quadratic(const Quadratic& p) {
  const auto& [c, b, a] = p;
  if (a.is_constant() && a.value() == numeric::Number(0)) return std::vector<Expr>{simplify(-c / b)};
  const Expr root = sqrt(simplify(b * b - 4 * a * c));
  return std::vector<Expr>{simplify((-b - root) / (2 * a)), simplify((root - b) / (2 * a))};
}

Places join(Places a, const Places& b) {
  if (!a || !b) return std::nullopt;
  a->insert(a->end(), b->begin(), b->end());
  return a;
}

Places of_power(const Expr& e, const Expr& t) {
  const Expr &base = e.args()[0], &exponent = e.args()[1];
  if (depends_on_variable(exponent)) return depends_on_variable(base) ? Places() : solve(exponent, log(t) / log(base));
  if (t == Expr(0)) return solve(base, 0);
  const Expr root = pow(abs(t), 1 / exponent);
  return join(solve(base, root), solve(base, -root));
}

Places of_call(const Expr& e, const Expr& t) {
  const std::vector<Expr>& args = e.args();
  const Expr &a = args[0], &b = args.size() > 1 ? args[1] : args[0];
  const bool left = depends_on_variable(a), both = left && args.size() > 1 && depends_on_variable(b);
  switch (e.function()) {
    case Function::add:
      return both ? Places() : left ? solve(a, t - b) : solve(b, t - a);
    case Function::sub:
      return both ? Places() : left ? solve(a, t + b) : solve(b, a - t);
    case Function::mul:
      if (t == Expr(0)) return join(solve(a, 0), solve(b, 0));
      return both ? Places() : left ? solve(a, t / b) : solve(b, t / a);
    case Function::div:
      if (t == Expr(0)) return solve(a, 0);
      return both ? Places() : left ? solve(a, t * b) : solve(b, a / t);
    case Function::neg:
      return solve(a, -t);
    case Function::pow:
      return of_power(e, t);
    case Function::sqrt:
      return solve(a, t * t);
    case Function::cbrt:
      return solve(a, t * t * t);
    case Function::exp:
      return solve(a, log(t));
    case Function::expm1:
      return solve(a, log1p(t));
    case Function::log:
      return solve(a, exp(t));
    case Function::log1p:
      return solve(a, expm1(t));
    case Function::atan:
      return solve(a, Expr::call(Function::tan, {t}));
    case Function::tanh:
      return solve(a, log((1 + t) / (1 - t)) / 2);
    case Function::sigmoid:
      return solve(a, log(t / (1 - t)));
    case Function::softplus:
      return solve(a, log(expm1(t)));
    case Function::sinh:
      return solve(a, log(t + sqrt(t * t + 1)));
    case Function::erf:
      return t == Expr(0) ? solve(a, 0) : Places();
    case Function::norm_cdf:
      return t == Expr(0.5) ? solve(a, 0) : t == Expr(0) ? Places(std::vector<Expr>{}) : Places();
    case Function::norm_pdf:
      return t == Expr(0) ? Places(std::vector<Expr>{}) : Places();
    case Function::sign:
    case Function::step:
      return solve(a, 0);
    case Function::abs:
      return t == Expr(0) ? solve(a, 0) : join(solve(a, t), solve(a, -t));
    case Function::min:
    case Function::max:
      return join(solve(a, t), solve(b, t));
    case Function::select: {
      Places places = join(solve(args[1], t), solve(args[2], t));
      for (const Expr& c : conditions(a)) places = join(std::move(places), solve(c, 0));
      return places;
    }
    default:
      return std::nullopt;
  }
}

void visit(const Expr& e, std::unordered_set<const void*>& seen, std::vector<Expr>& out) {
  if (e.kind() != Expr::Kind::call || !depends_on_variable(e) || !seen.insert(e.identity()).second) return;
  for (const Expr& arg : e.args()) visit(arg, seen, out);
  const Expr& a = e.args()[0];
  const auto add = [&](const Expr& c) {
    if (depends_on_variable(c)) out.push_back(c);
  };
  switch (e.function()) {
    case Function::abs:
    case Function::sign:
    case Function::step:
    case Function::sqrt:
    case Function::cbrt:
      add(a);
      break;
    case Function::min:
    case Function::max:
    case Function::less:
    case Function::less_equal:
      add(a - e.args()[1]);
      break;
    case Function::pow: {
      const Expr& n = e.args()[1];
      if (!n.is_constant() || !n.value().is_integer()) add(a);
      break;
    }
    case Function::atan2:
      add(a), add(e.args()[1]);
      break;
    default:
      break;
  }
}

}  // namespace

Places solve(const Expr& e, const Expr& target) {
  if (!depends_on_variable(e)) return std::vector<Expr>{};
  if (e.kind() == Expr::Kind::variable) return std::vector<Expr>{simplify(target)};
  if (const auto p = quadratic(e - target)) return of_quadratic(*p);
  return of_call(e, target);
}

std::vector<Expr> conditions(const Expr& e) {
  std::unordered_set<const void*> seen;
  std::vector<Expr> out;
  visit(e, seen, out);
  return out;
}

}  // namespace ntkc::expr

// An activation or its derivative as a flat program over lanes: what the quadrature of the runtime calls.
#pragma once
#include <map>
#include <memory>
#include <vector>

#include "expr/expr.hpp"
#include "ntk/runtime/pieces.hpp"
#include "ntk/runtime/series_table.hpp"

namespace ntkc::engine {

class Function {
 public:
  Function() = default;
  Function(const expr::Expr& e, const expr::ParamValues& params);
  ::ntk::Lanes operator()(const ::ntk::Lanes& x) const;
  double operator()(double x) const { return (*this)(::ntk::Lanes(x))[0]; }
  void evaluate(std::size_t n, const double* x, double* out) const;              // n points, a multiple of eight, by the best instructions
  ::ntk::quadrature::Local operator()(const ::ntk::quadrature::Local& x) const;  // of one that is_piecewise_polynomial

 private:
  struct Line {  // register = f(registers), or a constant; register 0 is x
    expr::Function f{};
    std::uint32_t args[3] = {0, 0, 0};
    bool is_constant = false;
    double value = 0;
  };
  std::vector<Line> lines_;
  std::uint32_t result_ = 0;
};

// As those of ntk::quadrature.
inline void evaluate(const Function& f, std::size_t n, const double* x, double* out) { f.evaluate(n, x, out); }
void bells(const Function&, std::size_t n, const double* w, double* out);

// An activation with what quadrature needs of it.
struct Activation {
  Activation(const expr::Expr& phi, int derivatives, const expr::ParamValues& params);
  std::vector<Function> functions;  // phi, phi', ...
  std::vector<::ntk::quadrature::Parity> parities;
  std::vector<bool> continuous;
  std::vector<::ntk::quadrature::Pieces> breaks;  // of each function, with its polynomials if it consists of such

  // Of the derivative of this order what ntk::quadrature::hermite gives, by a table that must have been made.
  void series(int order, double q, double tolerance, std::size_t terms, double* out) const;
  void make_table(int order, std::size_t terms, std::size_t beyond);

 private:
  void raw_series(int order, double q, std::size_t terms, std::size_t beyond, double* out) const;
  std::map<std::pair<int, std::size_t>, std::unique_ptr<::ntk::quadrature::SeriesTable>> tables_;  // by order and terms
};

}  // namespace ntkc::engine

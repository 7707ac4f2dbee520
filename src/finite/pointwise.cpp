#include "finite/pointwise.hpp"

#include "expr/tape.hpp"

namespace ntkc::finite {

Pointwise::Pointwise(const expr::Expr& phi, const expr::ParamValues& params) : params_(params) {
  for (int order = 0; order <= 2; ++order) orders_.push_back(expr::simplify(order == 0 ? phi : expr::derivative(orders_.back())));
}

template <class T>
void Pointwise::apply(int order, const T* from, T* to, std::size_t count) const {
  expr::Tape<T> f(orders_.at(static_cast<std::size_t>(order)), params_);
  for (std::size_t i = 0; i < count; ++i) to[i] = f(from[i]);
}

template void Pointwise::apply(int, const double*, double*, std::size_t) const;
template void Pointwise::apply(int, const long double*, long double*, std::size_t) const;

}  // namespace ntkc::finite

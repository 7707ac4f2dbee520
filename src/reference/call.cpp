#include "reference/call.hpp"

#include <stdexcept>

namespace ntkc::reference {

numeric::Float100 call(expr::Function function, std::span<const numeric::Float100> args) {
  std::vector<expr::Expr> numbers;
  for (const auto& arg : args) numbers.emplace_back(numeric::make(arg));
  const expr::Expr folded = expr::Expr::call(function, std::move(numbers));
  if (!folded.is_constant()) throw std::logic_error("reference: a call of numbers did not fold");
  return numeric::value(folded.value());
}

}  // namespace ntkc::reference

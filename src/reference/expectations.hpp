// The values of mean, dual, dual_distance and dual_gram: by the activation's closed form where it has one, else by definition.
#pragma once
#include <array>
#include <map>
#include <optional>

#include "ir/program.hpp"
#include "reference/integral.hpp"

namespace ntkc::reference {

using numeric::Float100;

class Expectations {
 public:
  Expectations(const ir::Program& program, const expr::ParamValues& params) : program_(program), params_(params) {}

  using Moments = std::array<Float100, 5>;  // q1, q2, c, distance, gram
  Float100 mean(std::uint32_t phi, int order, const Float100& q);
  Float100 dual(std::uint32_t phi, std::uint32_t psi, int order_phi, int order_psi, const Moments& k);
  Float100 dual_distance(std::uint32_t phi, const Moments& k);
  Float100 dual_gram(std::uint32_t phi, const Moments& k);

 private:
  struct Second {  // E[phi(u)^2], E[phi(v)^2], E[phi(u) phi(v)]
    Float100 uu, vv, uv;
  };
  Second second(std::uint32_t phi, const Moments& k);
  Side side(std::uint32_t phi, int order, const Float100& q);
  const std::optional<ir::Program>& closed_mean(std::uint32_t phi, int order);
  const std::optional<ir::Program>& closed_dual(std::uint32_t phi, int order_phi, int order_psi);
  Float100 run(const ir::Program& closed, const Moments& k);

  using Which = std::array<std::uint32_t, 4>;
  const ir::Program& program_;
  const expr::ParamValues& params_;
  std::map<std::array<std::uint32_t, 2>, Side> sides_;
  std::map<Which, std::optional<ir::Program>> closed_;
  std::map<std::pair<Which, std::array<Float100, 3>>, Float100> known_;
};

}  // namespace ntkc::reference

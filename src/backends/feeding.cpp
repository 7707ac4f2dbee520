#include "backends/feeding.hpp"

#include <fmt/format.h>

#include "plan/collapse.hpp"
#include "plan/homogeneous.hpp"

namespace ntkc::backends {
namespace {

using plan::Ref;

class FeedingWriter {
 public:
  FeedingWriter(Text& out, const plan::Plan& plan, const Layout& layout) : out_(out), plan_(plan), layout_(layout) {}

  void write(std::uint64_t sample_numbers) {
    std::string products;
    for (const auto& p : plan_.products) {
      const char* kind = p.op == ir::Op::inner ? "inner" : p.op == ir::Op::distance ? "distance" : "gram";
      const auto left = block(p.left), right = block(p.right);
      products += fmt::format("{}{{::ntk::ProductKind::{}, {}, {}}}", products.empty() ? "" : ",\n      ", kind, left, right);
    }
    const auto has = [&](const char* name) {
      for (const auto& o : plan_.outputs)
        if (o.name == name) return "true";
      return "false";
    };
    out_.line("");
    out_.comment("How the drivers of ntk/runtime/gram.hpp feed this model.", "//");
    out_.line(fmt::format("static constexpr bool has_nngp = {}, has_ntk = {};", has("nngp"), has("ntk")));
    if (plan::is_of_norms(plan_)) {
      out_.line(fmt::format("static constexpr double pair_cost = {};  // a function of two norms and an angle", plan::pair_cost(plan_)));
      if (const double near = plan::near_cost(plan_); near > 0) out_.line(fmt::format("static constexpr double near_cost = {};", near));
    }
    series();
    out_.line(fmt::format("static constexpr std::size_t sample_numbers = {}, blocks = {};", sample_numbers, blocks_.size()));
    out_.line(fmt::format("static constexpr std::array<::ntk::Product, {}> products = {{{}{}{}}};", plan_.products.size(),
                          products.empty() ? "" : "{", products, products.empty() ? "" : "}"));
    out_.open("std::size_t columns(std::size_t given) const");
    out_.line(fmt::format("if ({}) throw std::invalid_argument({});", layout_.misfit("given"),
                          string_literal(fmt::format("network {}: {}", plan_.name, layout_.row()))));
    out_.line("return given;");
    out_.close();
    write_member(
        out_, "", "std::size_t block_size", {{"std::size_t", "b"}, {"std::size_t", "columns"}},
        by_block([&](const Ref& r) { return layout_.size(r.where == Ref::Where::input ? r.index : plan_.sample.slots[r.index].input); },
                 "0"));
    write_member(out_, "template <class T>", "const T* block",
                 {{"std::size_t", "b"}, {"const T*", "row"}, {"std::size_t", "columns"}, {"const T*", "computed"}},
                 by_block(
                     [&](const Ref& r) {
                       const bool input = r.where == Ref::Where::input;
                       const auto offset = input ? layout_.offset(r.index) : layout_.computed_offset(r.index);
                       return std::string(input ? "row" : "computed") + (offset == "0" ? "" : " + " + offset);
                     },
                     "row"));
    Text size(out_.depth() + 1);
    size.line(fmt::format("return {};", layout_.computed_size()));
    write_member(out_, "", "std::size_t computed_size", {{"std::size_t", "columns"}}, std::move(size));
  }

 private:
  std::size_t block(const Ref& r) {
    for (std::size_t b = 0; b < blocks_.size(); ++b)
      if (blocks_[b] == r) return b;
    blocks_.push_back(r);
    return blocks_.size() - 1;
  }

  // Of kernels that collapse at compile time.
  void series() {
    const auto made = plan::kernel_series(plan_);
    if (!made) return;
    out_.comment("Kernels divided by sqrt(k(x, x) k(y, y)): Chebyshev series in sqrt(1 -+ rho), see ntk/runtime/collapse_series.hpp.",
                 "//");
    for (const auto& [sheet, all] : {std::pair("plus", &made->plus), std::pair("minus", &made->minus)}) {
      std::string names;
      for (std::size_t o = 0; o < all->size(); ++o) {
        const auto name = fmt::format("{}_{}", sheet, plan_.outputs[o].name);
        names += (o == 0 ? "" : ", ") + name;
        out_.line(fmt::format("static constexpr double {}[] = {{", name));
        for (const double c : (*all)[o]) out_.line(fmt::format("    {},", double_literal(c)));
        out_.line("};");
      }
      out_.line(fmt::format("static constexpr std::span<const double> {}_series[] = {{{}}};", sheet, names));
    }
  }

  template <class F>
  Text by_block(F value, const char* none) {
    Text body(out_.depth() + 1);
    for (std::size_t b = 0; b + 1 < blocks_.size(); ++b) body.line(fmt::format("if (b == {}) return {};", b, value(blocks_[b])));
    body.line(fmt::format("return {};", blocks_.empty() ? none : value(blocks_.back())));
    return body;
  }

  Text& out_;
  const plan::Plan& plan_;
  const Layout& layout_;
  std::vector<Ref> blocks_;
};

}  // namespace

void write_member(Text& out, std::string_view before, std::string_view head, std::initializer_list<MemberParameter> parameters, Text body) {
  std::string list;
  for (const auto& p : parameters)
    list +=
        fmt::format("{}{}{}{}", list.empty() ? "" : ", ", p.type, body.mentions(p.name) ? " " : "", body.mentions(p.name) ? p.name : "");
  if (!before.empty()) out.line(before);
  out.open(fmt::format("{}({}) const", head, list));
  out.append(std::move(body));
  out.close();
}

void write_feeding(Text& out, const plan::Plan& plan, const Layout& layout, std::uint64_t sample_numbers) {
  FeedingWriter(out, plan, layout).write(sample_numbers);
}

}  // namespace ntkc::backends

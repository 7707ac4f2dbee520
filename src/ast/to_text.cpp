#include <fmt/format.h>

#include "ast/ast.hpp"

namespace ntkc::ast {
namespace {

constexpr std::string_view kExprKinds[] = {"number", "boolean", "string", "name", "list", "call", "chain", "unary", "power", "if"};
constexpr std::string_view kJoinKinds[] = {"sum", "product", "concat"};

// One line a node, two blanks a level. Parentheses that only group are no part of the tree.
class Writer {
 public:
  std::string text;

  void file(const File& file) {
    line("file{}", file.version ? fmt::format(" version {}", *file.version) : "");
    const Indent indent(depth_);
    for (const Item& item : file.items) std::visit([&](const auto& node) { write(node); }, item.node);
  }

 private:
  struct Indent {
    explicit Indent(int& depth) : depth(depth) { ++depth; }
    ~Indent() { --depth; }
    int& depth;
  };

  template <class... Args>
  void line(fmt::format_string<Args...> format, Args&&... args) {
    text.append(2 * static_cast<std::size_t>(depth_), ' ');
    fmt::format_to(std::back_inserter(text), format, std::forward<Args>(args)...);
    text += '\n';
  }

  static std::string quoted(std::string_view raw) {
    std::string result = "\"";
    for (const char c : raw) {
      if (c == '"' || c == '\\') result += '\\';
      if (c == '\n')
        result += "\\n";
      else if (c == '\t')
        result += "\\t";
      else
        result += c;
    }
    return result + '"';
  }

  static std::string spelled(const Expr& e) { return e.kind == Expr::Kind::string ? quoted(e.text) : e.text; }

  void write(const Expr& e) {
    std::string head(kExprKinds[static_cast<int>(e.kind)]);
    if (!e.text.empty() || e.kind == Expr::Kind::string) head += ' ' + spelled(e);
    for (const std::string& op : e.operators) head += ' ' + op;
    line("{}", head);
    const Indent indent(depth_);
    for (const Expr& operand : e.operands) write(operand);
    write(e.args);
  }

  void write(const std::vector<Arg>& args) {
    for (const Arg& arg : args) {
      line("arg{}{}", arg.name ? " " : "", arg.name ? arg.name->text : "");
      const Indent indent(depth_);
      write(arg.value);
    }
  }

  void write(const Layer& layer) {
    line("layer {}{}", layer.name.text, layer.parentheses ? " ()" : "");
    const Indent indent(depth_);
    write(layer.args);
  }

  void write(const Body& body) {
    const Indent indent(depth_);
    line("body");
    const Indent inner(depth_);
    for (const Stmt& stmt : body.stmts) std::visit([&](const auto& node) { write(node); }, stmt.node);
  }

  void write(const Input& input) {
    std::string dims;
    for (const Dim& dim : input.dims) {
      dims += dims.empty() ? "" : ", ";
      std::visit([&](const auto& value) { dims += fmt::format("{}", value); }, dim.value);
    }
    line("input {} [{}]", input.name.text, dims);
  }

  void write(const Param& param) {
    line("{} {}", param.is_const ? "const" : "param", param.name.text);
    const Indent indent(depth_);
    write(param.value);
    if (!param.range) return;
    line("in");
    const Indent inner(depth_);
    write(param.range->low);
    write(param.range->high);
  }

  void write(const Default& node) {
    line("default{}{}", node.layer ? " " : "", node.layer ? node.layer->text : "");
    const Indent indent(depth_);
    write(node.args);
  }

  void write(const Let& let) {
    line("let {}", let.name.text);
    const Indent indent(depth_);
    write(let.layer);
  }

  void write(const As& as) { line("as {}", as.name.text); }

  void write(const Repeat& repeat) {
    line("repeat{}", repeat.shared ? " shared" : "");
    {
      const Indent indent(depth_);
      write(repeat.count);
    }
    write(repeat.body);
  }

  void write(const Scan& scan) {
    line("scan {}", scan.name.text);
    write(scan.body);
  }

  void write(const Residual& residual) {
    line("residual");
    {
      const Indent indent(depth_);
      write(residual.args);
    }
    write(residual.body);
    if (!residual.shortcut) return;
    line("shortcut");
    write(*residual.shortcut);
  }

  void write(const Join& join) {
    line("{}", kJoinKinds[static_cast<int>(join.kind)]);
    const Indent indent(depth_);
    write(join.args);
    for (const Branch& branch : join.branches) {
      line("branch{}{}", branch.from ? " from " : "", branch.from ? branch.from->text : "");
      write(branch.body);
    }
  }

  void write(const Import& import) {
    std::string names;
    for (const Name& name : import.names) names += (names.empty() ? " names " : ", ") + name.text;
    line("import {}{}{}{}", quoted(import.path), import.as ? " as " : "", import.as ? import.as->text : "", names);
  }

  void write(const std::vector<Parameter>& parameters) {
    for (const Parameter& parameter : parameters) {
      line("parameter {}", parameter.name.text);
      const Indent indent(depth_);
      if (parameter.value) write(*parameter.value);
    }
  }

  void write(const Activation& activation) {
    line("activation {}", activation.name.text);
    const Indent indent(depth_);
    write(activation.parameters);
    write(activation.value);
  }

  void write(const Block& block) {
    line("block {}", block.name.text);
    const Indent indent(depth_);
    write(block.parameters);
    write(block.body);
  }

  void write(const Network& network) {
    line("network {}", network.name.text);
    write(network.body);
  }

  int depth_ = 0;
};

}  // namespace

std::string to_text(const File& file) {
  Writer writer;
  writer.file(file);
  return std::move(writer.text);
}

}  // namespace ntkc::ast

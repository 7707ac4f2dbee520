#include "ebnf.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <utility>

#include "grammar/token.hpp"

namespace ntkc::test {
namespace {

bool is_join(const std::string& token) { return token == "sum" || token == "product" || token == "concat"; }

template <class List>
const auto& pick(const List& list, std::mt19937_64& random) {
  return list[std::uniform_int_distribution<std::size_t>(0, std::size(list) - 1)(random)];
}

std::string random_terminal(const std::string& kind, std::mt19937_64& random) {
  static const std::string names[] = {"dense", "relu", "x", "h", "_a1", "T", "ntk", "iff", "beta", "inputs", "E", "conv_local"};
  static const std::string numbers[] = {"1", "0", "2.5", ".5", "1.", "1e-3", "2E+5", "0.1", "1000000", "3e2"};
  static const std::string integers[] = {"1", "0", "784", "007", "32"};
  static const std::string strings[] = {"\"mlp.ntk\"", "\"\"", "\"a \\\"b\\\" // c\"", "\"/* \\\\ \"", "\"\xC3\xA9\""};
  if (kind == "NAME") return pick(names, random);
  if (kind == "NUMBER") return pick(numbers, random);
  if (kind == "INT") return pick(integers, random);
  if (kind == "STRING") return pick(strings, random);
  throw std::runtime_error("the EBNF has no rule " + kind);
}

bool is_terminal(const std::string& kind, const std::string& token) {
  const auto digit = [](char c) { return grammar::is_digit(c); };
  if (kind == "NAME") return grammar::is_word_start(token[0]) && !grammar::is_reserved(token);
  if (kind == "INT") return std::ranges::all_of(token, digit);
  if (kind == "NUMBER") return digit(token[0]) || (token[0] == '.' && token.size() > 1);
  return kind == "STRING" && token[0] == '"';
}

}  // namespace

Ebnf::Ebnf(const std::string& text) {
  std::string word;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') {
      const auto close = text.find('"', i + 1);
      words_.push_back(text.substr(i, close - i));  // its opening quote marks a literal
      i = close;
    } else if (grammar::is_word_part(text[i]) || text[i] == '-') {
      word += text[i];
      if (i + 1 == text.size() || !(grammar::is_word_part(text[i + 1]) || text[i + 1] == '-')) words_.push_back(std::exchange(word, ""));
    } else if (!grammar::is_space(text[i])) {
      words_.emplace_back(1, text[i]);
    }
  }
  while (at_ < words_.size()) {
    const std::string name = words_[at_++];
    if (words_.at(at_++) != "=") throw std::runtime_error("EBNF: no `=` after " + name);
    rules_.emplace(name, parse_choice());
  }
  for (bool changed = true; changed;) {
    changed = false;
    for (const auto& [name, node] : rules_) changed = update_height(node) || changed;
  }
}

Ebnf::Node Ebnf::parse_choice() {
  Node choice{Node::Kind::choice, {}, {}};
  choice.parts.push_back(parse_sequence());
  while (at_ < words_.size() && words_[at_] == "|") ++at_, choice.parts.push_back(parse_sequence());
  return choice;
}

Ebnf::Node Ebnf::parse_sequence() {
  Node sequence{Node::Kind::sequence, {}, {}};
  while (at_ < words_.size() && words_[at_].find_first_of("|)]}") != 0 && (at_ + 1 == words_.size() || words_[at_ + 1] != "="))
    sequence.parts.push_back(parse_atom());
  return sequence;
}

Ebnf::Node Ebnf::parse_atom() {
  const std::string word = words_[at_++];
  if (word[0] == '"') return {Node::Kind::literal, word.substr(1), {}};
  if (word.find_first_of("([{") != 0) return {Node::Kind::rule, word, {}};
  const auto kind = word == "(" ? Node::Kind::sequence : word == "[" ? Node::Kind::optional : Node::Kind::repetition;
  Node group{kind, {}, {parse_choice()}};
  if (words_.at(at_++) != (word == "(" ? ")" : word == "[" ? "]" : "}")) throw std::runtime_error("EBNF: unclosed " + word);
  return group;
}

// The fewest rules under one another that a sentence needs.
bool Ebnf::update_height(const Node& node) const {
  bool changed = false;
  int height = 0;
  for (const Node& part : node.parts) changed = update_height(part) || changed;
  if (node.kind == Node::Kind::rule) height = rules_.contains(node.text) ? rules_.at(node.text).height + 1 : 0;
  if (node.kind == Node::Kind::sequence)
    for (const Node& part : node.parts) height = std::max(height, part.height);
  if (node.kind == Node::Kind::choice) height = std::ranges::min_element(node.parts, {}, &Node::height)->height;
  changed = changed || height < node.height;
  node.height = std::min(node.height, height);
  return changed;
}

// Where sentences are bounded: the rules that every recursion passes.
bool Ebnf::deepens(const std::string& rule) { return rule == "expr" || rule == "body" || rule == "not-expr" || rule == "factor"; }

// The alternatives of a choice that come to an end soon.
std::vector<Ebnf::Node> Ebnf::shallow(const Node& choice) {
  std::vector<Node> result;
  const int least = std::ranges::min_element(choice.parts, {}, &Node::height)->height;
  for (const Node& part : choice.parts) {
    const bool grows = std::ranges::any_of(part.parts, [](const Node& p) { return p.kind == Node::Kind::rule && deepens(p.text); });
    if (part.height == least || (part.height <= least + 2 && !grows)) result.push_back(part);
  }
  return result;
}

std::vector<std::string> Ebnf::sentence(std::mt19937_64& random, int depth) const {
  std::vector<std::string> out;
  generate(rules_.at("file"), depth, random, out);
  if (out.size() > 1 && out[0] == "ntk") out[1] = "1";
  return out;
}

void Ebnf::generate(const Node& node, int depth, std::mt19937_64& random, std::vector<std::string>& out) const {
  constexpr std::size_t enough = 200;
  if (out.size() > enough) depth = 0;
  const auto chance = [&](double p) { return std::bernoulli_distribution(p)(random); };
  switch (node.kind) {
    case Node::Kind::literal:
      out.push_back(node.text);
      break;
    case Node::Kind::rule:
      if (rules_.contains(node.text))
        generate(rules_.at(node.text), depth - (deepens(node.text) ? 1 : 0), random, out);
      else
        out.push_back(random_terminal(node.text, random));
      break;
    case Node::Kind::sequence:
      for (const Node& part : node.parts) generate(part, depth, random, out);
      break;
    case Node::Kind::choice:
      generate(depth > 0 ? pick(node.parts, random) : pick(shallow(node), random), depth, random, out);
      break;
    case Node::Kind::optional:
      if (depth > 0 && chance(0.4)) generate(node.parts[0], depth, random, out);
      break;
    case Node::Kind::repetition:
      while (depth > 0 && chance(0.6)) generate(node.parts[0], depth, random, out);
      break;
  }
}

// Sets of ends, remembered for each rule and place: exponential in nothing.
struct Ebnf::Recogniser {
  const Ebnf& ebnf;
  const std::vector<std::string>& tokens;
  std::map<std::pair<std::string, std::size_t>, std::set<std::size_t>> known;

  std::set<std::size_t> ends(const Node& node, std::size_t at) {
    switch (node.kind) {
      case Node::Kind::literal:
        return at < tokens.size() && tokens[at] == node.text ? std::set{at + 1} : std::set<std::size_t>{};
      case Node::Kind::rule:
        return rule_ends(node.text, at);
      case Node::Kind::sequence: {
        std::set<std::size_t> result{at};
        for (const Node& part : node.parts) {
          std::set<std::size_t> next;
          for (const std::size_t end : result) next.merge(ends(part, end));
          result = std::move(next);
        }
        return result;
      }
      case Node::Kind::choice: {
        std::set<std::size_t> result;
        for (const Node& part : node.parts) result.merge(ends(part, at));
        return result;
      }
      case Node::Kind::optional: {
        auto result = ends(node.parts[0], at);
        result.insert(at);
        return result;
      }
      default: {
        std::set<std::size_t> result{at}, fresh{at};
        while (!fresh.empty()) {
          std::set<std::size_t> next;
          for (const std::size_t end : fresh) next.merge(ends(node.parts[0], end));
          fresh.clear();
          for (const std::size_t end : next)
            if (result.insert(end).second) fresh.insert(end);
        }
        return result;
      }
    }
  }

  std::set<std::size_t> rule_ends(const std::string& rule, std::size_t at) {
    if (!ebnf.rules_.contains(rule))
      return at < tokens.size() && is_terminal(rule, tokens[at]) ? std::set{at + 1} : std::set<std::size_t>{};
    if (const auto found = known.find({rule, at}); found != known.end()) return found->second;
    // At the beginning of a statement these are words before `{` and `(`.
    const bool join = rule == "stmt" && at + 1 < tokens.size() && is_join(tokens[at]) && (tokens[at + 1] == "{" || tokens[at + 1] == "(");
    auto result = join ? rule_ends("join", at) : ends(ebnf.rules_.at(rule), at);
    return known[{rule, at}] = std::move(result);
  }
};

bool Ebnf::accepts(const std::vector<std::string>& tokens) const {
  return Recogniser{*this, tokens, {}}.rule_ends("file", 0).contains(tokens.size());
}

Ebnf language_ebnf() {
  std::ifstream file(NTKC_SOURCE_DIR "/grammar/README.md");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const auto begin = text.find("```ebnf\n") + 8;
  return Ebnf(text.substr(begin, text.find("```", begin) - begin));
}

std::string laid_out(const std::vector<std::string>& tokens, std::mt19937_64& random) {
  static const std::string gaps[] = {" ",
                                     " ",
                                     " ",
                                     " ",
                                     " ",
                                     " ",
                                     " ",
                                     "  ",
                                     "\n",
                                     "\n",
                                     "\n\n",
                                     "\t",
                                     "\r\n",
                                     "\n\n\n   ",
                                     " /* one */ ",
                                     "// two\n",
                                     "  // three \xC3\xA9  \n",
                                     "\n// four\n",
                                     " /* five\n   six */ ",
                                     "/**/"};
  std::string text;
  for (const std::string& token : tokens) {
    if (text.ends_with('/')) text += ' ';  // `/` and a comment would be another comment
    text += pick(gaps, random) + token;
  }
  return text + pick(gaps, random);
}

}  // namespace ntkc::test

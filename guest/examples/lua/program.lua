local SCALE = (SCALE)

-- Tables, strings, closures, integers, coroutines: what scripts do.

-- Primes by a sieve.
local function primes(limit)
  local composite, found = {}, {}
  for i = 2, limit do
    if not composite[i] then
      found[#found + 1] = i
      for j = i * i, limit, i do composite[j] = true end
    end
  end
  return found
end

-- Solutions of the problem of n queens, with bit masks.
local function queens(n)
  local all = (1 << n) - 1
  local function place(columns, left, right)
    if columns == all then return 1 end
    local count, free = 0, all & ~(columns | left | right)
    while free ~= 0 do
      local bit = free & -free
      free = free ~ bit
      count = count + place(columns | bit, (left | bit) << 1, (right | bit) >> 1)
    end
    return count
  end
  return place(0, 0, 0)
end

-- A text of made-up words, and how often each occurs.
local function words(count)
  local state, syllables, text = 12345, { "ka", "lo", "mi", "ne", "tu", "ras", "sol", "ven" }, {}
  for i = 1, count do
    local word = {}
    for j = 1, 2 + i % 2 do
      state = (state * 1103515245 + 12345) % 2147483648
      word[j] = syllables[state // 65536 % #syllables + 1]
    end
    text[i] = table.concat(word)
  end
  return table.concat(text, " ")
end

local function frequencies(text)
  local counts, list = {}, {}
  for word in text:gmatch("%a+") do counts[word] = (counts[word] or 0) + 1 end
  for word, count in pairs(counts) do list[#list + 1] = { word = word, count = count } end
  table.sort(list, function(a, b)
    if a.count ~= b.count then return a.count > b.count end
    return a.word < b.word
  end)
  return list
end

-- Objects with inheritance: a bank in which accounts pay each other.
local Account = {}
Account.__index = Account
function Account.new(owner, balance)
  return setmetatable({ owner = owner, balance = balance, history = {} }, Account)
end
function Account:deposit(amount)
  self.balance = self.balance + amount
  self.history[#self.history + 1] = amount
end
function Account:withdraw(amount)
  if amount > self.balance then error("not enough money: " .. self.owner, 0) end
  self:deposit(-amount)
end
local Savings = setmetatable({}, { __index = Account })
Savings.__index = Savings
function Savings.new(owner, balance) return setmetatable(Account.new(owner, balance), Savings) end
function Savings:interest() self:deposit(self.balance // 50) end

local function bank(transfers)
  local accounts, refused = {}, 0
  for i = 1, 20 do accounts[i] = (i % 2 == 0 and Savings or Account).new("owner" .. i, 1000) end
  for i = 1, transfers do
    local from, to = accounts[i * 7 % 20 + 1], accounts[i * 11 % 20 + 1]
    local ok = pcall(function()
      from:withdraw(i * 13 % 300)
      to:deposit(i * 13 % 300)
    end)
    if not ok then refused = refused + 1 end
    if i % 100 == 0 then accounts[2]:interest() end
  end
  local sum, moves = 0, 0
  for _, account in ipairs(accounts) do
    sum = sum + account.balance
    moves = moves + #account.history
  end
  return sum, moves, refused
end

-- Permutations from a coroutine, folded into a checksum.
local function permutations(n)
  local items = {}
  for i = 1, n do items[i] = i end
  local function permute(k)
    if k == 0 then coroutine.yield(items) end
    for i = 1, k do
      items[k], items[i] = items[i], items[k]
      permute(k - 1)
      items[k], items[i] = items[i], items[k]
    end
  end
  local checksum = 0
  for list in coroutine.wrap(function() permute(n) end) do
    for i = 1, n do checksum = (checksum * 31 + list[i]) & 0xffffffff end
  end
  return checksum
end

local found = primes(1500 * SCALE)
print(string.format("%d primes below %d, the last one %d", #found, 1500 * SCALE, found[#found]))

local n = SCALE == 1 and 5 or 9
print(string.format("%d ways to place %d queens", queens(n), n))

local list = frequencies(words(200 * SCALE))
print(#list .. " different words")
for i = 1, 5 do print(string.format("%6d %s", list[i].count, list[i].word)) end

print("bank:", bank(50 * SCALE))
print("permutations:", permutations(SCALE == 1 and 3 or 7))

local text = words(50 * SCALE):upper():gsub("KA", "<%0>"):reverse()
print(#text, text:sub(1, 40))

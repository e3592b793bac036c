-- A shop: SCALE customers, orders and items from a recursive query, then what reports ask.
CREATE TABLE parameters(scale INTEGER);
INSERT INTO parameters VALUES (SCALE);

CREATE TABLE customer(id INTEGER PRIMARY KEY, name TEXT NOT NULL, city TEXT NOT NULL);
CREATE TABLE product(id INTEGER PRIMARY KEY, name TEXT NOT NULL, cents INTEGER NOT NULL);
CREATE TABLE purchase(id INTEGER PRIMARY KEY, customer INTEGER NOT NULL REFERENCES customer, day INTEGER NOT NULL);
CREATE TABLE item(purchase INTEGER NOT NULL REFERENCES purchase, product INTEGER NOT NULL REFERENCES product,
                  amount INTEGER NOT NULL, PRIMARY KEY (purchase, product)) WITHOUT ROWID;

BEGIN;
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n, parameters WHERE i < 10 * scale)
INSERT INTO customer
SELECT i, printf('Customer %05d', (i * 2654435761 >> 9) % 100000),
       substr('Aachen   Bremen   Cottbus  Dresden  Erfurt   Frankfurt', (i * 2654435761 >> 13) % 6 * 9 + 1, 9) FROM n;

WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50)
INSERT INTO product SELECT i, 'product ' || hex((i * 2654435761 >> 8) % 256), 99 + i * 7717 % 5000 FROM n;

WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n, parameters WHERE i < 25 * scale)
INSERT INTO purchase SELECT i, (i * 2654435761 >> 11) % (10 * scale) + 1, (i * 2246822519 >> 15) % 365 FROM n, parameters;

WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n, parameters WHERE i < 75 * scale)
INSERT OR IGNORE INTO item SELECT (i * 2654435761 >> 7) % (25 * scale) + 1, (i * 3266489917 >> 12) % 50 + 1, i % 5 + 1 FROM n, parameters;
COMMIT;

UPDATE customer SET city = trim(city);
CREATE INDEX purchase_customer ON purchase(customer);
CREATE INDEX customer_city ON customer(city, name);

SELECT 'rows', (SELECT count(*) FROM customer), (SELECT count(*) FROM purchase), (SELECT count(*) FROM item);

SELECT 'turnover by city';
SELECT city, count(DISTINCT customer.id), count(*), sum(amount * cents) AS cents
FROM customer JOIN purchase ON purchase.customer = customer.id
              JOIN item ON item.purchase = purchase.id
              JOIN product ON product.id = item.product
GROUP BY city ORDER BY cents DESC, city;

SELECT 'best customers';
SELECT rank() OVER (ORDER BY cents DESC), name, cents FROM (
    SELECT customer.name, sum(amount * cents) AS cents
    FROM customer JOIN purchase ON purchase.customer = customer.id
                  JOIN item ON item.purchase = purchase.id
                  JOIN product ON product.id = item.product
    GROUP BY customer.id)
ORDER BY cents DESC, name LIMIT 10;

SELECT 'products often bought together';
SELECT a.product, b.product, count(*) AS times
FROM item AS a JOIN item AS b ON a.purchase = b.purchase AND a.product < b.product
GROUP BY a.product, b.product ORDER BY times DESC, a.product, b.product LIMIT 10;

SELECT 'quarters';
SELECT day / 92 AS quarter, count(*), min(day), max(day), group_concat(DISTINCT id % 7)
FROM purchase GROUP BY quarter ORDER BY quarter;

DELETE FROM item WHERE amount = 1 AND product IN (SELECT id FROM product WHERE name LIKE '%A%');
DELETE FROM customer WHERE id NOT IN (SELECT customer FROM purchase);
SELECT 'left', (SELECT count(*) FROM customer), (SELECT count(*) FROM item), (SELECT sum(amount) FROM item);
PRAGMA integrity_check;

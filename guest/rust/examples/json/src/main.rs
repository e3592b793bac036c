//! Orders, one JSON object a line, summed up by customer: one JSON object, customers in order.
//!
//! What cannot be read is an error with its line.

use reprise_guest as _;

use std::collections::{BTreeMap, HashMap};
use std::error::Error;
use std::io::{self, BufRead};

use serde::{Deserialize, Serialize};

#[derive(Deserialize)]
struct Order {
    customer: String,
    items: Vec<Item>,
    #[serde(default)]
    note: Option<String>,
}

#[derive(Deserialize)]
struct Item {
    article: String,
    count: u64,
    cents: u64,
}

#[derive(Default, Serialize)]
struct Total {
    orders: u64,
    cents: u64,
    /// Pieces by article.
    articles: BTreeMap<String, u64>,
    longest_note: String,
}

impl Total {
    fn add(&mut self, order: Order) {
        self.orders += 1;
        for item in order.items {
            self.cents += item.count * item.cents;
            *self.articles.entry(item.article).or_default() += item.count;
        }
        let note = order.note.unwrap_or_default();
        if note.len() > self.longest_note.len() {
            self.longest_note = note;
        }
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut totals = HashMap::<String, Total>::new();
    for (number, line) in io::stdin().lock().lines().enumerate() {
        let in_line = |error: &dyn Error| format!("line {}: {error}", number + 1);
        let line = line.map_err(|error| in_line(&error))?;
        let mut order: Order = serde_json::from_str(&line).map_err(|error| in_line(&error))?;
        let customer = std::mem::take(&mut order.customer);
        totals.entry(customer).or_default().add(order);
    }
    let sorted: BTreeMap<_, _> = totals.into_iter().collect();
    println!("{}", serde_json::to_string_pretty(&sorted)?);
    Ok(())
}

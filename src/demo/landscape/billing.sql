-- Accounting: what the law keeps for seven years.
create table cards (
  id integer primary key,
  customer_no text not null,
  holder text not null,
  last_four text not null,
  expires text not null
);
create index cards_customer on cards (customer_no);

create table invoices (
  id integer primary key,
  customer_no text not null,
  invoice_date date not null,
  billing_name text not null,
  billing_email text,
  amount decimal(10,2) not null,
  currency text not null,
  note text
);
create index invoices_customer on invoices (customer_no);
create index invoices_email on invoices (lower(billing_email));

create table invoice_lines (
  id integer primary key,
  invoice_id integer not null references invoices (id),
  text text not null,
  quantity integer not null,
  price decimal(10,2) not null
);
create index invoice_lines_invoice on invoice_lines (invoice_id);

create table payments (
  id integer primary key,
  invoice_id integer not null references invoices (id),
  card_id integer references cards (id),
  amount decimal(10,2) not null,
  paid_at datetime not null
);
create index payments_invoice on payments (invoice_id);
create index payments_card on payments (card_id);

insert into cards values
  (1, 'K-1001', 'ANNA LINDQVIST', '4242', '2027-08'),
  (2, 'K-1002', 'ERIK SANDBERG', '1881', '2026-12');

insert into invoices values
  (7001, 'K-1001', '2025-02-28', 'Anna Lindqvist', 'anna.lindqvist@example.se', 1490.00, 'SEK', null),
  (7002, 'K-1001', '2025-03-31', 'Anna Lindqvist', 'anna.lindqvist@example.se', 1490.00, 'SEK', 'Ringde 070-174 06 05'),
  (7003, 'K-1002', '2025-05-31', 'Erik Sandberg', 'erik.sandberg@example.se', 299.00, 'SEK', null),
  (7004, 'K-1005', '2025-05-31', 'Exempelbolaget AB', 'faktura@example.com', 9900.00, 'SEK', null);

insert into invoice_lines values
  (1, 7001, 'Onefin Bas, februari', 1, 1490.00),
  (2, 7002, 'Onefin Bas, mars', 1, 1290.00),
  (3, 7002, 'Extra användare', 2, 100.00),
  (4, 7003, 'Onefin Mini, maj', 1, 299.00),
  (5, 7004, 'Onefin Företag, maj', 1, 9900.00);

-- Invoice 7002 is Anna's, and was paid with Erik's card.
insert into payments values
  (1, 7001, 1, 1490.00, '2025-03-10 12:00:00'),
  (2, 7002, 2, 1490.00, '2025-04-10 18:22:09'),
  (3, 7003, 2, 299.00, '2025-06-03 07:15:00');

-- Customers, their logins, and what was said to them.
create table countries (
  code text primary key,
  name text not null
);

create table addresses (
  id integer primary key,
  street text not null,
  postal_code text not null,
  city text not null,
  country text not null references countries (code)
);

create table customers (
  id integer primary key,
  customer_no text not null unique,
  type text not null check (type in ('person', 'company')),
  name text not null,
  personnummer text,
  email text,
  phone text,
  job_title text,
  status integer not null default 1,
  address_id integer references addresses (id),
  registrant_name text,
  registrant_email text,
  notified_at date,
  active boolean not null default 1,
  restricted boolean not null default 0,
  created_at datetime not null
);
create index customers_email on customers (lower(email));
create index customers_address on customers (address_id);

create table contact_emails (
  id integer primary key,
  customer_id integer not null references customers (id),
  email text not null
);
create index contact_emails_customer on contact_emails (customer_id);
create index contact_emails_email on contact_emails (lower(email));

create table users (
  id integer primary key,
  customer_id integer not null references customers (id),
  username text not null unique,
  password_hash text not null,
  language text not null,
  last_login datetime
);
create index users_customer on users (customer_id);

create table tickets (
  id integer primary key,
  customer_id integer not null references customers (id),
  employee_id integer,
  subject text not null,
  message text not null,
  opened_at datetime not null
);
create index tickets_customer on tickets (customer_id);
create index tickets_employee on tickets (employee_id);

create table notes (
  id integer primary key,
  entity_table text not null,
  entity_id integer not null,
  text text not null,
  author_email text,
  created_at datetime not null
);
create index notes_entity on notes (entity_id, entity_table);
create index notes_author on notes (lower(author_email));

create table leads (
  id integer primary key,
  name text,
  company text,
  email text,
  phone text,
  created_at datetime not null
);

insert into countries values ('SE', 'Sverige'), ('NO', 'Norge');

insert into addresses values
  (1, 'Exempelgatan 4', '111 11', 'Stockholm', 'SE'),
  (2, 'Provvägen 12', '222 22', 'Lund', 'SE'),
  (3, 'Testtorget 1', '333 33', 'Göteborg', 'SE');

-- Anna and Erik share an address. Anna was registered by a colleague. Two people are named Anna Lindqvist.
insert into customers values
  (1, 'K-1001', 'person', 'Anna Lindqvist', '19900602-2397', 'Anna.Lindqvist@example.se', '070-174 06 05',
   'Ekonomiansvarig', 1, 1, 'Karin Ek', 'karin.ek@example.com', '2024-02-12', 1, 0, '2024-02-12 09:14:00'),
  (2, 'K-1002', 'person', 'Erik Sandberg', '194408139089', 'erik.sandberg@example.se', '+46 70 174 06 11',
   null, 1, 1, null, null, null, 1, 0, '2023-06-01 14:02:11'),
  (3, 'K-1003', 'person', 'Karin Ek', '197602292380', 'karin.ek@example.com', '070-1740622',
   'VD', 1, 2, null, null, null, 1, 0, '2022-11-20 08:30:45'),
  (4, 'K-1004', 'person', 'Anna Lindqvist', null, 'anna.l@example.com', '070-1740633',
   null, 3, 3, null, null, null, 0, 0, '2021-05-05 16:20:00'),
  (5, 'K-1005', 'company', 'Exempelbolaget AB', null, 'faktura@example.com', '08-46500400',
   null, 1, 2, null, null, null, 1, 0, '2022-11-20 08:31:10');

insert into contact_emails values
  (1, 1, 'anna.privat@example.com'),
  (2, 3, 'karin@example.se');

insert into users values
  (1, 1, 'annal', '$argon2id$v=19$m=65536,t=3,p=4$ZGVtbw$c2FtcGxlLW9ubHk', 'sv', '2026-10-30 07:58:12'),
  (2, 2, 'esandberg', '$argon2id$v=19$m=65536,t=3,p=4$ZGVtbw$bm90LWEtcGFzc3dvcmQ', 'sv', '2026-09-02 19:05:40'),
  (3, 3, 'karin.ek', '$argon2id$v=19$m=65536,t=3,p=4$ZGVtbw$YWxzby1ub3QtYS1wYXNz', 'en', '2026-11-01 11:47:03');

-- The employee with id 1, in the HR database, is the support contact of everybody.
insert into tickets values
  (1, 1, 1, 'Kan inte ladda ner fakturan', 'Knappen gör ingenting i min webbläsare.', '2025-03-18 10:22:00'),
  (2, 1, 1, 'Byta e-postadress', 'Kan ni skicka utskicken till min privata adress i stället?', '2026-01-09 15:41:30'),
  (3, 2, 1, 'Påminnelse trots betalning', 'Jag betalade den 3:e.', '2025-06-07 09:00:00'),
  (4, 3, 1, 'Lägga till en kollega', 'Jag vill registrera Anna.', '2024-02-11 13:12:00');

insert into notes values
  (1, 'customer', 1, 'Ringde om faktura 7002. Vill helst bli kontaktad på förmiddagar.', 'sara.nystrom@example.se', '2025-03-19 08:10:00'),
  (2, 'lead', 1, 'Träffades på mässan.', 'sara.nystrom@example.se', '2023-10-02 17:45:00'),
  (3, 'customer', 2, 'Betalar med kort.', 'sara.nystrom@example.se', '2025-06-08 08:02:00');

-- A lead with Anna's number and no address: is it she? A question for a person.
insert into leads values
  (1, 'A. Lindqvist', 'Exempelbolaget AB', null, '0701740605', '2023-10-02 17:40:00'),
  (2, 'Maj Holm', 'Prov & Test AB', 'maj.holm@example.com', '070-1740644', '2025-01-15 12:00:00');

-- Traffic: visits by cookie, and by customer once somebody has logged in.
create table visits (
  id integer primary key,
  cookie_id text not null,
  customer_id integer,
  ip text not null,
  browser text not null,
  device text not null,
  language text not null,
  started_at datetime not null
);
create index visits_cookie on visits (cookie_id);
create index visits_customer on visits (customer_id);

create table page_views (
  id integer primary key,
  visit_id integer not null references visits (id),
  path text not null,
  viewed_at datetime not null
);
create index page_views_visit on page_views (visit_id);

-- The first visit with Anna's cookie was before she logged in.
insert into visits values
  (1, 'c-8f14e45fceea', null, '192.0.2.44', 'Safari 18', 'iPhone', 'sv-SE', '2026-10-30 07:55:00'),
  (2, 'c-8f14e45fceea', 1, '192.0.2.44', 'Safari 18', 'iPhone', 'sv-SE', '2026-10-30 07:58:00'),
  (3, 'c-c9f0f895fb98', 2, '203.0.113.9', 'Firefox 131', 'Windows', 'sv-SE', '2026-09-02 19:04:00'),
  (4, 'c-45c48cce2e2d', null, '198.51.100.7', 'Chrome 130', 'Windows', 'en-GB', '2026-11-01 10:00:00');

insert into page_views values
  (1, 1, '/priser', '2026-10-30 07:55:03'),
  (2, 2, '/logga-in', '2026-10-30 07:58:00'),
  (3, 2, '/fakturor/7002', '2026-10-30 07:58:40'),
  (4, 3, '/fakturor/7003', '2026-09-02 19:05:01'),
  (5, 4, '/', '2026-11-01 10:00:00');

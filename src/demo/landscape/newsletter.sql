-- Who gets the letters, and which of them were opened ("e-postbeteende" in the privacy policy).
create table subscribers (
  id integer primary key,
  email text not null,
  profile json not null,
  consented_at datetime not null
);
create index subscribers_email on subscribers (lower(email));

create table opens (
  id integer primary key,
  subscriber_id integer not null references subscribers (id),
  letter text not null,
  opened_at datetime not null,
  user_agent text not null,
  ip text not null
);
create index opens_subscriber on opens (subscriber_id);

insert into subscribers values
  (1, 'anna.privat@example.com', '{"topics":["bokslut","moms"],"frequency":"weekly"}', '2024-03-01 20:12:00'),
  (2, 'maj.holm@example.com', '{"topics":["moms"],"frequency":"monthly"}', '2025-01-15 12:01:00');

insert into opens values
  (1, 1, '2026-09 Bokslut utan stress', '2026-09-02 06:41:10', 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0)', '192.0.2.44'),
  (2, 1, '2026-10 Nya momsregler', '2026-10-07 21:03:55', 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0)', '192.0.2.44'),
  (3, 2, '2026-10 Nya momsregler', '2026-10-07 08:30:00', 'Mozilla/5.0 (Windows NT 10.0)', '198.51.100.7');

-- The controller's own people. Sara is the support contact of every customer.
create table employees (
  id integer primary key,
  name text not null,
  personnummer text,
  email text not null,
  phone text not null,
  job_title text not null,
  employed_from date not null
);
create index employees_email on employees (lower(email));

insert into employees values
  (1, 'Sara Nyström', '198501012382', 'sara.nystrom@example.se', '08-46500410', 'Kundsupport', '2021-08-16'),
  (2, 'Oskar Wallin', null, 'oskar.wallin@example.se', '08-46500411', 'Konsult', '2023-01-09');

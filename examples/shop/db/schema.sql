create table users (
  id bigint generated always as identity primary key,
  email text not null unique
);

create table admins (
  id bigint generated always as identity primary key,
  email text not null unique,
  role text not null check (role in ('admin', 'root'))
);

create table orders (
  id bigint generated always as identity primary key,
  item text not null,
  status text not null default 'open' check (status in ('open', 'done')),
  price_cents integer
);

-- Orders that the worker has yet to price.
create table jobs (
  id bigint generated always as identity primary key,
  order_id bigint not null references orders (id)
);

insert into users (email) values ('first@example.test');

create table users (
  id bigint generated always as identity primary key,
  email text not null unique,
  -- Code in the verification mail; null once the address is verified.
  code text,
  active boolean not null default false
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
  price_cents integer,
  -- Address of the customer; null for a guest.
  email text references users (email),
  -- Key of the file in the bucket.
  invoice text
);

-- Orders that the worker has not priced yet.
create table jobs (
  id bigint generated always as identity primary key,
  order_id bigint not null references orders (id)
);

insert into users (email, active) values ('first@example.test', true);

create table orders (item text not null, price numeric not null);

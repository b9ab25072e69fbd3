
#[test]
fn std() {
    for l in std::fs::read_to_string("/work/scratch/temporal/std.txt").unwrap().lines() {
        let p: Vec<&str> = l.split(' ').collect();
        let z = super::Zone::named(p[0]).unwrap();
        let ours = z.standard_offset_at(p[1].parse().unwrap()).seconds();
        if ours != p[2].parse::<i32>().unwrap() { println!("{l} ours {ours}"); }
    }
}

//! A TCP proxy on loopback, whose network is cut or loses every byte in silence. Knows no HTTP.

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// How the network is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Network {
    Up,
    /// Connections are closed, new ones too.
    Cut,
    /// Connections stay open, new ones too, and nothing comes through: what was open then stays dead.
    Silent,
}

pub(crate) struct Proxy {
    pub(crate) address: String,
    network: watch::Sender<Network>,
}

impl Proxy {
    /// A proxy to this address, such as `127.0.0.1:8080`.
    pub(crate) async fn start(target: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        let (network, seen) = watch::channel(Network::Up);
        tokio::spawn(async move {
            loop {
                let (near, _) = listener.accept().await.expect("a connection");
                tokio::spawn(connect(near, target, seen.clone()));
            }
        });
        Self { address, network }
    }

    pub(crate) fn set(&self, network: Network) {
        self.network.send_replace(network);
    }
}

async fn connect(mut near: TcpStream, target: &str, mut network: watch::Receiver<Network>) {
    let carried = async {
        if *network.borrow() == Network::Up
            && let Ok(mut far) = TcpStream::connect(target).await
        {
            // How a connection ends is for its two ends to see.
            tokio::select! {
                _ = copy_bidirectional(&mut near, &mut far) => {}
                _ = network.wait_for(|network| *network != Network::Up) => return Some(far),
            }
        }
        None
    };
    let far = carried.await;
    if *network.borrow() == Network::Silent {
        std::future::pending::<()>().await;
    }
    drop((near, far));
}
